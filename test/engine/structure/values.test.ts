import assert from 'node:assert/strict';
import { keyOf } from '../../../src/structure/key';
import { numberOf } from '../../../src/structure/number';

describe('a number that a message brings', () => {
  for (const [value, number] of [
    [21.5, 21.5],
    ['21.5', 21.5],
    [' -3 ', -3],
    ['1e-6', 1e-6],
    ['.5', 0.5],
    [5n, 5],
  ] as const) {
    it(`${typeof value} ${value} is ${number}`, () => assert.equal(numberOf(value), number));
  }

  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1e999',
    'Infinity',
    '',
    ' ',
    '0x10',
    '1,5',
    '12 °C',
    2n ** 60n,
    true,
    null,
    undefined,
    [],
    [5],
    {},
    new Date(0),
    () => 1,
    Symbol('x'),
  ]) {
    it(`${typeof value} ${String(value)} is none`, () => assert.equal(numberOf(value), Number.NaN));
  }
});

describe('a key that a message brings', () => {
  it('is a text, a number, a boolean; and one key for all that have none', () => {
    for (const [value, key] of [
      ['pump', 'pump'],
      [7, '7'],
      [true, 'true'],
      [12n, '12'],
      [undefined, ''],
      [null, ''],
      ['', ''],
      ['__proto__', '__proto__'],
    ] as const)
      assert.equal(keyOf(value, 'topic'), key);
  });

  it('is refused by name when it is an object or too long', () => {
    assert.throws(() => keyOf({ a: 1 }, 'topic'), /key: msg\.topic is an object, expected a text or number/);
    assert.throws(() => keyOf(['a'], 'topic'), /is an array, expected/);
    assert.throws(
      () => keyOf('x'.repeat(501), 'topic'),
      /of 501 characters, expected .* at most 500 characters/,
    );
    assert.throws(() => keyOf(Symbol('x'), 'topic'), /expected a text/);
  });
});
