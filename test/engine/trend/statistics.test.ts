import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mannKendall, medianOfThree, quantile, senSlope, sortedSlopes } from '../../../src/trend/statistics';

const list = (...values: number[]) => Float64Array.from(values);

describe('trend statistics', () => {
  it('medianOfThree is the middle one in any order', () => {
    fc.assert(
      fc.property(fc.tuple(fc.integer(), fc.integer(), fc.integer()), ([a, b, c]) => {
        assert.equal(medianOfThree(a, b, c), [a, b, c].sort((x, y) => x - y)[1]);
      }),
    );
  });

  it('Mann–Kendall gives the published z for a series that only rises, falls or rests', () => {
    // n = 10: S = 45, Var = 125.
    const z = 44 / Math.sqrt(125);
    const rising = list(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assert.ok(Math.abs(mannKendall(rising, 0, 10) - z) < 1e-12);
    assert.ok(Math.abs(mannKendall(rising.toReversed(), 0, 10) + z) < 1e-12);
    assert.equal(mannKendall(list(5, 5, 5, 5), 0, 4), 0);
  });

  it('Mann–Kendall looks at the given part only', () => {
    assert.equal(mannKendall(list(9, 1, 1, 1, 0), 1, 4), 0);
  });

  it("Sen's slope is that of the line, whatever single outliers do", () => {
    const t = list(0, 1, 2, 3, 4, 5, 6, 7, 8);
    const v = t.map((time) => 10 + 3 * time);
    v[4] = 1000;
    assert.equal(senSlope(t, v, 0, 9), 3);
  });

  it('points at the same time give no slope', () => {
    assert.equal(sortedSlopes(list(1, 1, 2), list(5, 9, 7), 0, 3).length, 2);
    assert.equal(senSlope(list(1, 1), list(5, 9), 0, 2), 0);
  });

  it('quantile falls between two entries and stays within the list', () => {
    const sorted = list(1, 2, 4);
    assert.deepEqual(
      [-1, 0, 0.25, 0.5, 0.75, 1, 2].map((share) => quantile(sorted, share)),
      [1, 1, 1.5, 2, 3, 4, 4],
    );
  });
});
