import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lttb } from '../../../../src/structure/ring/lttb';
import '../../../support/seed';

const pick = (values: readonly number[], points: number): number[] => [
  ...lttb(
    values.length,
    (i) => i,
    (i) => values[i] as number,
    points,
  ),
];

describe('LTTB', () => {
  it('keeps first, last and the spikes that a chart must show', () => {
    const values = Array.from({ length: 1000 }, (_, i) =>
      i === 333 ? 50 : i === 777 ? -50 : Math.sin(i / 50),
    );
    const picked = pick(values, 50);
    assert.equal(picked.length, 50);
    for (const place of [0, 333, 777, 999]) assert.ok(picked.includes(place), `${place}`);
  });

  it('picks by the largest triangle: worked by hand', () => {
    // Buckets of one point to two: 1 | 2 3 | of 0 … 5, with four points to keep.
    assert.deepEqual(pick([0, 5, 1, 9, 1, 0], 4), [0, 1, 3, 5]);
  });

  it('picks as many points as asked for, rising, one of each bucket', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 500 }),
        fc.integer({ min: 2, max: 100 }),
        (values, points) => {
          const picked = pick(values, points);
          assert.equal(picked.length, Math.min(points, values.length));
          assert.equal(picked[0], 0);
          assert.equal(picked.at(-1), values.length - 1);
          for (let i = 1; i < picked.length; i++)
            assert.ok((picked[i] as number) > (picked[i - 1] as number));
        },
      ),
    );
  });

  it('passes over gaps, and copes with one point, none, and none asked for', () => {
    const { NaN: gap } = Number;
    assert.deepEqual(pick([gap, 1, gap, 2, 3, gap], 10), [1, 3, 4]);
    assert.deepEqual(pick([gap, 1, gap, 2, 3, gap], 2), [1, 4]);
    assert.deepEqual(pick([1, 2, 3], 1), [2]);
    assert.deepEqual(pick([1, 2, 3], 0), []);
    assert.deepEqual(pick([], 5), []);
  });
});
