import assert from 'node:assert/strict';
import { Invalid, list, messageProperty, number } from '../../../src/config';

const shares = list(number({ default: 0.5, min: 0, max: 1, whole: false }), { default: [], max: 3 });
const names = list(messageProperty(), { default: ['value'], min: 1 });

describe('a list', () => {
  it('is read from an array, or from one text with commas; doubles and blanks are dropped', () => {
    assert.deepEqual(shares.parse('0.5, 0.95,, 0.5'), [0.5, 0.95]);
    assert.deepEqual(shares.parse([0.5, '0.95']), [0.5, 0.95]);
    assert.deepEqual(names.parse('a, room.b'), ['a', 'room.b']);
    for (const missing of [undefined, null]) assert.deepEqual(names.parse(missing), ['value']);
  });

  it('reads back what it writes', () => {
    for (const values of [[], [0.5], [0, 0.25, 1]])
      assert.deepEqual(shares.parse(shares.format(values)), values);
  });

  it('is refused with an item that is none, too few and too many', () => {
    for (const bad of ['0.5, x', [2], 5, {}, '0,0.1,0.2,0.3'])
      assert.ok(shares.parse(bad) instanceof Invalid);
    for (const bad of ['', [], 'a b', ['__proto__']]) assert.ok(names.parse(bad) instanceof Invalid);
  });
});
