/** Where a block's figures stand in its six cells. */
const COUNT = 0;
const SHIFT = 1;
const SUM = 2;
const SQUARES = 3;
const MIN = 4;
const MAX = 5;
/** Cells of one block. */
export const MOMENT_CELLS = 6;

/**
 * Count, sum, mean, variance, least and greatest of numbers, in six cells of a `Float64Array`:
 *
 *   | count | shift | sum of (v − shift) | sum of squared deviations | min | max |
 *
 * The shift is the first number of the block: what is summed stays small however far from zero the numbers lie, so
 * that the variance of 1.7e12 ± 1 is as good as that of 0 ± 1. Blocks merge pairwise, and nothing is ever subtracted
 * for numbers that leave, so that no error builds up (Chan, Golub and LeVeque, "Algorithms for Computing the Sample
 * Variance", 1983).
 */
export function clearMoments(cells: Float64Array, at: number): void {
  cells.fill(0, at, at + MIN);
  cells[at + MIN] = Number.POSITIVE_INFINITY;
  cells[at + MAX] = Number.NEGATIVE_INFINITY;
}

/** Takes in a number; NaN stands for a gap and is passed over. */
export function addMoment(cells: Float64Array, at: number, value: number): void {
  if (Number.isNaN(value)) return;
  const count = (cells[at] as number) + 1;
  cells[at] = count;
  if (count === 1) {
    cells[at + SHIFT] = value;
    cells[at + MIN] = value;
    cells[at + MAX] = value;
    return;
  }
  const shifted = value - (cells[at + SHIFT] as number);
  const sum = (cells[at + SUM] as number) + shifted;
  cells[at + SUM] = sum;
  // Youngs and Cramer 1971: the new deviation by sums alone.
  const deviation = count * shifted - sum;
  cells[at + SQUARES] = (cells[at + SQUARES] as number) + (deviation * deviation) / (count * (count - 1));
  if (value < (cells[at + MIN] as number)) cells[at + MIN] = value;
  if (value > (cells[at + MAX] as number)) cells[at + MAX] = value;
}

/** The figures of the numbers from `from` to `to` (exclusive) of a column, put into cells at `at`; NaN is a gap. */
export function momentsOf(
  column: Float64Array,
  from: number,
  to: number,
  cells: Float64Array,
  at: number,
): void {
  let first = from;
  while (first < to && Number.isNaN(column[first] as number)) first += 1;
  if (first === to) {
    clearMoments(cells, at);
    return;
  }
  const shift = column[first] as number;
  let count = 0;
  let sum = 0;
  let min = shift;
  let max = shift;
  for (let i = first; i < to; i++) {
    const value = column[i] as number;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value - shift;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = first; i < to; i++) {
    const deviation = (column[i] as number) - shift - mean;
    if (!Number.isNaN(deviation)) squares += deviation * deviation;
  }
  cells[at + COUNT] = count;
  cells[at + SHIFT] = shift;
  cells[at + SUM] = sum;
  cells[at + SQUARES] = squares;
  cells[at + MIN] = min;
  cells[at + MAX] = max;
}

/** Adds the figures of one block to another. */
export function mergeMoments(into: Float64Array, at: number, from: Float64Array, fromAt: number): void {
  const added = from[fromAt] as number;
  if (added === 0) return;
  const had = into[at] as number;
  if (had === 0) {
    for (let i = 0; i < MOMENT_CELLS; i++) into[at + i] = from[fromAt + i] as number;
    return;
  }
  const count = had + added;
  const apart = (from[fromAt + SHIFT] as number) - (into[at + SHIFT] as number);
  const sum = into[at + SUM] as number;
  const addedSum = from[fromAt + SUM] as number;
  const delta = apart + addedSum / added - sum / had;
  into[at + COUNT] = count;
  into[at + SUM] = sum + addedSum + added * apart;
  into[at + SQUARES] =
    (into[at + SQUARES] as number) +
    (from[fromAt + SQUARES] as number) +
    delta * delta * ((had * added) / count);
  into[at + MIN] = Math.min(into[at + MIN] as number, from[fromAt + MIN] as number);
  into[at + MAX] = Math.max(into[at + MAX] as number, from[fromAt + MAX] as number);
}

/** What is told of a column. All but `count` are null where no number is there, or where a double cannot hold them. */
export interface Moments {
  count: number;
  sum: number | null;
  mean: number | null;
  min: number | null;
  max: number | null;
  /** Of the numbers themselves, divided by `count`; not an estimate for a larger population. */
  variance: number | null;
  stddev: number | null;
}

export function readMoments(cells: Float64Array, at = 0): Moments {
  const count = cells[at + COUNT] as number;
  if (count === 0)
    return { count, sum: null, mean: null, min: null, max: null, variance: null, stddev: null };
  const shift = cells[at + SHIFT] as number;
  const sum = cells[at + SUM] as number;
  const variance = (cells[at + SQUARES] as number) / count;
  return {
    count,
    sum: finite(shift * count + sum),
    mean: finite(shift + sum / count),
    min: cells[at + MIN] as number,
    max: cells[at + MAX] as number,
    variance: finite(variance),
    stddev: finite(Math.sqrt(variance)),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
