/**
 * Rank statistics over short windows of points. They work on scratch arrays that all detectors of the process
 * share: a call finishes before the next begins.
 */

/** Longest window: a ring of floors and its unfinished block. */
const LONGEST_WINDOW = 33;

/** Points in order of time: `t` in ms, `v` in bytes, the first `n` of each count. */
export interface Window {
  readonly t: Float64Array;
  readonly v: Float64Array;
  n: number;
}

export function newWindow(): Window {
  return { t: new Float64Array(LONGEST_WINDOW), v: new Float64Array(LONGEST_WINDOW), n: 0 };
}

/** The window all detectors share. */
export const sharedWindow: Window = newWindow();

const slopes = new Float64Array((LONGEST_WINDOW * (LONGEST_WINDOW - 1)) / 2);

/** Middle of three numbers. */
export function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Mann–Kendall's z over `v[from..to)`: how surely the values rise with their order. Above 1.64 with 95 %
 * certainty if the values were independent.
 */
export function mannKendall(v: Float64Array, from: number, to: number): number {
  let s = 0;
  for (let i = from; i < to - 1; i++) {
    const a = v[i] as number;
    for (let j = i + 1; j < to; j++) {
      const d = (v[j] as number) - a;
      if (d > 0) s += 1;
      else if (d < 0) s -= 1;
    }
  }
  const n = to - from;
  const sd = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return s > 0 ? (s - 1) / sd : s < 0 ? (s + 1) / sd : 0;
}

/** All slopes between two points of `[from..to)`, sorted; a view of the shared scratch. */
export function sortedSlopes(t: Float64Array, v: Float64Array, from: number, to: number): Float64Array {
  let k = 0;
  for (let i = from; i < to - 1; i++) {
    const ti = t[i] as number;
    const vi = v[i] as number;
    for (let j = i + 1; j < to; j++) {
      const span = (t[j] as number) - ti;
      if (span > 0) slopes[k++] = ((v[j] as number) - vi) / span;
    }
  }
  return slopes.subarray(0, k).sort();
}

/** Value at `share` (0…1) of a sorted list, between two entries where it falls between them; 0 if empty. */
export function quantile(sorted: Float64Array, share: number): number {
  const last = sorted.length - 1;
  if (last < 0) return 0;
  const at = Math.min(last, Math.max(0, share * last));
  const below = Math.floor(at);
  const a = sorted[below] as number;
  return a + ((sorted[Math.min(last, below + 1)] as number) - a) * (at - below);
}

/** Sen's slope (1968): the median of all slopes between two points. Units of v per unit of t. */
export function senSlope(t: Float64Array, v: Float64Array, from: number, to: number): number {
  return quantile(sortedSlopes(t, v, from, to), 0.5);
}
