import type { Feed, Sensitivity } from './verdict';

/**
 * The numbers the detector decides by. Sizes are shares of the limit; `pace` is the slope of a growth's later
 * half (or third) over that of its earlier one: 1 is straight, below 1 flattens as warm-ups and caches do.
 */
export interface Tuning {
  /** Readings per floor. */
  blockSamples: number;
  /** Fewest floors in a ring, and in the growth on it, that make a leak. */
  ringFloors: number;
  /** Least z of Mann–Kendall over the ring, and over the growth on it. */
  trend: number;
  segmentTrend: number;
  /** (Σd)²/Σd² of the rises: how many steps of one size would make the growth. A few steps are no leak. */
  steps: number;
  segmentFloors: number;
  /** Floors of the finest ring that a growth must have lasted. */
  growthFloors: number;
  /** Growth that makes a leak of a trend. */
  growth: number;
  /** Floors that a steep growth must have lasted, for it may be a burst. */
  steepFloors: number;
  /** More growth that is asked for where the whole history bends. */
  bentGrowth: number;
  /** Lowest pace of halves at that growth; with more growth it may be lower. */
  pace: number;
  /** A growth of fewer floors than this must be straight, within these paces of halves and of thirds. */
  shortFloors: number;
  straightHalves: readonly [number, number];
  straightThirds: readonly [number, number];
  /** Shortest growth, as a share of the series' age. */
  persistence: number;
  /** Behind a warm-up: the growth since the lowest floor, and the straight growth at its end. */
  warmRise: number;
  warmGrowth: number;
  /** Consecutive findings until it is said: at least so many, and this share of the growth's floors. */
  hold: number;
  holdShare: number;
}

const NORMAL: Tuning = {
  blockSamples: 6,
  ringFloors: 10,
  trend: 3.3,
  segmentTrend: 2.6,
  steps: 6,
  segmentFloors: 12,
  growthFloors: 18,
  growth: 0.11,
  steepFloors: 27,
  bentGrowth: 0.03,
  pace: 0.84,
  shortFloors: 40,
  straightHalves: [0.9, 1.25],
  straightThirds: [0.75, 1.35],
  persistence: 0.12,
  warmRise: 0.14,
  warmGrowth: 0.07,
  hold: 2,
  holdShare: 0.02,
};

const SENSITIVITIES: Readonly<Record<Sensitivity, Tuning>> = {
  low: {
    ...NORMAL,
    growthFloors: 28,
    growth: 0.135,
    pace: 0.92,
    shortFloors: 64,
    straightHalves: [0.93, 1.2],
    straightThirds: [0.85, 1.2],
    persistence: 0.25,
    warmRise: 0.2,
    warmGrowth: 0.1,
    hold: 4,
    holdShare: 0.06,
  },
  normal: NORMAL,
  high: {
    ...NORMAL,
    ringFloors: 9,
    segmentFloors: 8,
    growthFloors: 8,
    growth: 0.055,
    steepFloors: 0,
    bentGrowth: 0,
    pace: 0.8,
    shortFloors: 18,
    persistence: 0.1,
    warmRise: 0.1,
    warmGrowth: 0.05,
    hold: 1,
    holdShare: 0,
  },
};

/** A probe follows a full collection: it is a floor by itself, and six that rise as one (z 2.6) say enough. */
const PROBES = {
  blockSamples: 1,
  ringFloors: 6,
  trend: 2.6,
  segmentTrend: 2.2,
  steps: 3.5,
  segmentFloors: 5,
  growthFloors: 6,
  steepFloors: 0,
  hold: 1,
  holdShare: 0.09,
};

export function tuningFor(sensitivity: Sensitivity, feed: Feed): Tuning {
  const tuning = SENSITIVITIES[sensitivity];
  return feed === 'probes' ? { ...tuning, ...PROBES } : tuning;
}
