import assert from 'node:assert/strict';
import { Ring } from '../../../../src/structure/ring/ring';
import {
  chartOf,
  columnsOf,
  linesOf,
  pointsOf,
  rowsOf,
  thinned,
} from '../../../../src/structure/ring/shapes';
import { windowStats } from '../../../../src/structure/ring/stats';

function ringOf(fields: string[], rows: number[][]): Ring {
  const ring = new Ring({ capacity: 8, fields });
  for (const [time = 0, ...values] of rows) ring.push(time, values);
  return ring;
}

const gap = Number.NaN;
const two = ringOf(
  ['a', 'b'],
  Array.from({ length: 11 }, (_, i) => [i, i, i % 2 ? gap : 10 * i]),
);

describe('the shapes of a window', () => {
  it('are rows and columns, with null for a gap, also where the ring has gone round', () => {
    assert.deepEqual(rowsOf(two.last(2)), [
      { time: 9, a: 9, b: null },
      { time: 10, a: 10, b: 100 },
    ]);
    assert.deepEqual(columnsOf(two.last(3)), { time: [8, 9, 10], a: [8, 9, 10], b: [80, null, 100] });
  });

  it('are charts of one line per field, each thinned out by its own shape', () => {
    const lines = linesOf('k', two.all(), 3);
    assert.deepEqual(
      lines.map(({ name, points }) => [name, points.map(({ x }) => x)]),
      [
        ['k a', [3, 4, 10]],
        ['k b', [4, 6, 10]],
      ],
    );
    assert.deepEqual(chartOf(lines.slice(1)), [
      {
        series: ['k b'],
        data: [
          [
            { x: 4, y: 40 },
            { x: 6, y: 60 },
            { x: 10, y: 100 },
          ],
        ],
        labels: [''],
      },
    ]);
    assert.deepEqual(pointsOf(lines)[5], { series: 'k b', x: 10, y: 100 });
    assert.deepEqual([chartOf([]), pointsOf([])], [[], []]);
    assert.equal(thinned(two.all(), 4).length, 4);
  });

  it('have figures of the whole and of parts, the same as a ring that has only the part', () => {
    const part = ringOf(['a', 'b'], [...two.last(5)]);
    assert.deepEqual(windowStats(two, two.last(5), [0.5]), windowStats(part, part.all(), [0.5]));
    const nothing = windowStats(two, two.last(0), [0.5]);
    assert.deepEqual(
      [nothing.count, nothing.from, nothing.fields.a?.mean, nothing.fields.a?.quantiles['0.5']],
      [0, null, null, null],
    );
  });
});
