import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changeFilter, type Sample } from '../../../src';

function sample(rss: number | null, headroomBytes: number | null = 1000): Sample {
  const headroom = headroomBytes === null ? null : { bytes: headroomBytes, percent: 50, nearest: 'heap' };
  return { rss, headroom } as Sample;
}

describe('a filter by change', () => {
  it('lets every sample through at 0 percent', () => {
    const due = changeFilter(0);
    assert.deepEqual([sample(100), sample(100), sample(100)].map(due), [true, true, true]);
  });

  it('lets the first through, and then those that moved by the percentage, up or down', () => {
    const due = changeFilter(10);
    assert.deepEqual(
      [100, 109, 110, 100, 99, 98].map((rss) => due(sample(rss))),
      [true, false, true, false, true, false],
    );
  });

  it('measures from the last sample let through, so that a slow creep is told', () => {
    const due = changeFilter(5);
    const passed = [100, 102, 104, 106, 108, 110, 112].filter((rss) => due(sample(rss)));
    assert.deepEqual(passed, [100, 106, 112]);
  });

  it('lets a sample through when only its headroom moved', () => {
    const due = changeFilter(10);
    assert.deepEqual([sample(100, 1000), sample(100, 950), sample(100, 900)].map(due), [true, false, true]);
  });

  it('takes a figure that appears or goes for a change, and one that stays null for none', () => {
    const due = changeFilter(10);
    const series = [
      sample(null, null),
      sample(null, null),
      sample(100, null),
      sample(100, 5),
      sample(100, null),
    ];
    assert.deepEqual(series.map(due), [true, false, true, true, true]);
  });

  it('takes any step away from 0 for a change', () => {
    const due = changeFilter(100);
    assert.deepEqual([sample(100, 0), sample(100, 0), sample(100, 1)].map(due), [true, false, true]);
  });

  it('never lets two equal samples through in a row, and never misses a doubling', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.nat(),
        fc.nat(),
        (percent, rss, bytes) => {
          const due = changeFilter(percent);
          assert.equal(due(sample(rss, bytes)), true);
          assert.equal(due(sample(rss, bytes)), false);
          assert.equal(due(sample(rss * 2 + 1, bytes)), true);
        },
      ),
    );
  });
});
