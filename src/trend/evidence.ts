import { type Rings, SCALES } from './rings';
import { quantile, senSlope, sharedWindow, sortedSlopes, type Window } from './statistics';

/** A growth's slope with its interval, in bytes per ms. */
export interface Slope {
  slope: number;
  low: number;
  high: number;
}

const FEWEST_POINTS = 4;
/** Wider than the 1.96 of independent points: covers 96 % on linear leaks instead of 94 %. */
const DEVIATIONS = 2.2;
const MOST_CORRELATION = 0.8;
/** Below this pace the earlier half is a warm-up's, and the later one tells the leak's slope. */
const FLATTENING = 0.9;

/**
 * Slope of the growth since `since`, from the finest ring that reaches back to it; undefined with too few floors.
 * Sen's slope; its interval by ranks (Sen 1968), widened for correlated floors (after Hamed & Rao 1998) and to
 * hold the slopes of both halves and of the next one, for a growth need not be straight.
 */
export function slopeSince(rings: Rings, since: number): Slope | undefined {
  const window = sharedWindow;
  const from = readSince(rings, since, window);
  const length = window.n - from;
  if (length < FEWEST_POINTS) return undefined;
  const { t, v, n } = window;
  if (length < 2 * FEWEST_POINTS) return intervalOf(window, from);
  const mid = from + (length >> 1);
  const first = senSlope(t, v, from, mid + 1);
  const second = senSlope(t, v, mid, n);
  const found = intervalOf(window, second < FLATTENING * first ? mid : from);
  // Where the growth bends, its next half will bend on.
  const next = Math.min(2 * second - first, 2 * second);
  return {
    slope: found.slope,
    low: Math.min(found.low, first, next),
    high: Math.max(found.high, second, next),
  };
}

/** Fills `window` and returns where in it `since` lies. */
function readSince(rings: Rings, since: number, window: Window): number {
  for (let ring = 0; ring < SCALES; ring++) {
    rings.read(ring, window);
    const reaches = window.n > 0 && (window.t[0] as number) <= since;
    if (reaches || ring + 1 === SCALES || rings.length(ring + 1) < FEWEST_POINTS) break;
  }
  let from = 0;
  while (from < window.n && (window.t[from] as number) < since) from += 1;
  return from;
}

function intervalOf({ t, v, n }: Window, from: number): Slope {
  const points = n - from;
  const slopes = sortedSlopes(t, v, from, n);
  const slope = quantile(slopes, 0.5);
  const deviation = Math.sqrt((points * (points - 1) * (2 * points + 5)) / 18);
  const a = Math.min(MOST_CORRELATION, Math.max(0, residualCorrelation(t, v, from, n, slope)));
  const reach = (DEVIATIONS * deviation * Math.sqrt((1 + a) / (1 - a))) / 2 / slopes.length;
  return { slope, low: quantile(slopes, 0.5 - reach), high: quantile(slopes, 0.5 + reach) };
}

/** Lag-1 autocorrelation of what the line leaves. */
function residualCorrelation(
  t: Float64Array,
  v: Float64Array,
  from: number,
  n: number,
  slope: number,
): number {
  const residual = (i: number) => (v[i] as number) - slope * ((t[i] as number) - (t[from] as number));
  let mean = 0;
  for (let i = from; i < n; i++) mean += residual(i) / (n - from);
  let products = 0;
  let squares = 0;
  for (let i = from; i < n; i++) {
    const d = residual(i) - mean;
    squares += d * d;
    if (i > from) products += d * (residual(i - 1) - mean);
  }
  return squares > 0 ? products / squares : 0;
}
