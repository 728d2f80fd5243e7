import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FewByObject } from '../../../src/ledger/few';

const keys = Array.from({ length: 120 }, () => ({}));

const step = fc.record({
  remove: fc.boolean(),
  from: fc.nat({ max: 119 }),
  // Now and then a long stretch, so that it becomes a Map and is emptied again.
  count: fc.constantFrom(1, 1, 1, 60),
  value: fc.nat(),
});

function change(map: Map<object, number> | FewByObject<number>, key: object, value: number | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

interface Step {
  remove: boolean;
  from: number;
  count: number;
  value: number;
}

function compare(steps: readonly Step[]): void {
  const few = new FewByObject<number>();
  const reference = new Map<object, number>();
  for (const { remove, from, count, value } of steps) {
    for (const key of keys.slice(from, from + count)) {
      change(few, key, remove ? null : value);
      change(reference, key, remove ? null : value);
    }
    assert.equal(few.size, reference.size);
    assert.deepEqual(
      keys.map((key) => few.get(key)),
      keys.map((key) => reference.get(key)),
    );
  }
  assert.equal(new Map(few).size, reference.size);
}

describe('a map of few objects', () => {
  it('holds what a Map would, whether few or many', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), compare));
  });

  it('can be emptied while it is gone through', () => {
    for (const count of [3, 100]) {
      const few = new FewByObject<number>();
      for (let value = 0; value < count; value += 1) few.set({}, value);
      let seen = 0;
      for (const [key] of few) {
        few.delete(key);
        seen += 1;
      }
      assert.deepEqual([seen, few.size], [count, 0]);
    }
  });
});
