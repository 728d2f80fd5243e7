import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DetectorSet, type Verdict } from '../../../src/trend';

const LIMIT = 1e8;

describe('DetectorSet', () => {
  it('watches each key for itself', () => {
    const set = new DetectorSet();
    const changes: string[] = [];
    for (let i = 1; i <= 400; i++) {
      if (set.update('leaks', i * 1000, 3e7 + i * 1e5, LIMIT)?.state === 'leaking') changes.push('leaks');
      if (set.update('rests', i * 1000, 3e7 + (i % 7), LIMIT)?.state === 'leaking') changes.push('rests');
    }
    assert.deepEqual(changes, ['leaks']);
    assert.equal(set.get('leaks')?.state, 'leaking');
    assert.equal(set.get('rests')?.state, 'healthy');
    assert.equal(set.get('other'), undefined);
  });

  it('gives up the key not seen for longest, and reports it with its last verdict', () => {
    const gone: [string, Verdict][] = [];
    const set = new DetectorSet({ maxKeys: 2, onEvict: (key, last) => gone.push([key, last]) });
    set.update('a', 1, 10, LIMIT);
    set.update('b', 2, 10, LIMIT);
    set.update('a', 3, 10, LIMIT);
    set.update('c', 4, 10, LIMIT);
    assert.deepEqual([...set.keys()], ['a', 'c']);
    assert.equal(set.evicted, 1);
    assert.equal(gone[0]?.[0], 'b');
    assert.equal(gone[0]?.[1].samples, 1);
  });

  it('keeps at most maxKeys in a flood of keys, and counts the others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (keys, maxKeys) => {
          let reported = 0;
          const set = new DetectorSet({ maxKeys, onEvict: () => reported++ });
          for (const [i, key] of keys.entries()) {
            set.update(key, i, 1, LIMIT);
            assert.ok(set.size <= maxKeys);
          }
          assert.equal(reported, set.evicted);
        },
      ),
    );
  });

  it('takes keys that are names of object properties', () => {
    const set = new DetectorSet();
    for (const key of ['__proto__', 'constructor', 'toString', '']) set.update(key, 1, 1, LIMIT);
    assert.equal(set.size, 4);
  });

  it('forgets a key, or all', () => {
    const set = new DetectorSet();
    set.update('a', 1, 10, LIMIT);
    set.update('b', 1, 10, LIMIT);
    assert.equal(set.delete('a'), true);
    assert.equal(set.delete('a'), false);
    set.clear();
    assert.equal(set.size, 0);
    assert.equal(set.evicted, 0);
  });

  it('goes on from JSON, with the most recently seen keys when fewer are allowed', () => {
    const set = new DetectorSet();
    for (let i = 1; i <= 50; i++) for (const key of ['a', 'b', 'c']) set.update(key, i, 10 + i, LIMIT);
    const state = JSON.parse(JSON.stringify(set));
    assert.deepEqual(DetectorSet.fromJSON(state).toJSON(), set.toJSON());
    const smaller = DetectorSet.fromJSON(state, { maxKeys: 2 });
    assert.deepEqual([...smaller.keys()], ['b', 'c']);
    assert.equal(smaller.get('c')?.samples, 50);
  });

  it('reads what it can of a damaged state', () => {
    const set = new DetectorSet();
    set.update('a', 1, 10, LIMIT);
    const { detectors } = set.toJSON();
    const read = DetectorSet.fromJSON({ version: 1, detectors: [null, 'x', [5, {}], ...detectors] });
    assert.deepEqual([...read.keys()], ['a']);
    for (const state of [null, undefined, 5, {}, { detectors: 7 }])
      assert.equal(DetectorSet.fromJSON(state).size, 0);
  });

  it('refuses a bound that is no whole number from 1', () => {
    for (const maxKeys of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(
        () => new DetectorSet({ maxKeys }),
        new RegExp(`maxKeys is ${maxKeys}, expected a whole number from 1`),
      );
  });
});
