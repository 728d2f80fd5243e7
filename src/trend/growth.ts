import { mannKendall, medianOfThree, senSlope, type Window } from './statistics';
import type { Tuning } from './tuning';

/** What is known of a series beside the floors of one ring. Sizes in bytes, times in ms. */
export interface Setting {
  limit: number;
  age: number;
  /** Lowest floor since the last restart. */
  lowest: number;
  /** Pace of the whole history: slope of its later half over that of its earlier one. */
  historyPace(): number;
}

/** Growth that one ring shows. */
export interface Growth {
  leak: boolean;
  /** The straight piece behind a warm-up. */
  afterWarmUp: boolean;
  /** When it began, and the floor then. */
  since: number;
  base: number;
  /** The floor now. */
  top: number;
  /** Bytes from the ring's first floors to its last. */
  bytes: number;
  /** ms from `since` to the last floor. */
  span: number;
  /** Its length in floors of the finest ring. */
  floors: number;
}

const FEWEST_FLOORS = 6;
const SUSPECT_GROWTH = 0.03;
const SUSPECT_Z = 2.6;
/** Share of a suspicious growth that its last third must have. */
const STILL_GROWING = 0.1;
/** The growth begins at the last floor within this share of it. */
const BEGIN = 0.15;
/** Above this share of the limit there is no time left to wait for persistence. */
const HOT = 0.75;
const WEEK_MS = 7 * 24 * 3_600_000;
const WARM = {
  floors: 20,
  steps: 7,
  growthFloors: 28,
  persistence: 0.35,
  halves: [0.92, 1.25],
  thirds: [0.85, 1.3],
} as const;

/**
 * Judges the floors of one ring; undefined where they show no growth worth a word. Of the design's vetoes the
 * cheap ones come first, for most series end there.
 *
 * Sources: Mann–Kendall's test; Sen 1968. A plain Mann–Kendall test calls every warm-up a leak (Machida et al.,
 * ISSREW 2013): hence the vetoes on the shape of the growth.
 */
export function judge(window: Window, ring: number, setting: Setting, tuning: Tuning): Growth | undefined {
  const { t, v, n } = window;
  if (n < FEWEST_FLOORS) return undefined;
  const first = medianOfThree(v[0] as number, v[1] as number, v[2] as number);
  const top = medianOfThree(v[n - 1] as number, v[n - 2] as number, v[n - 3] as number);
  const bytes = ((top - first) * (n - 1)) / (n - 3);
  if (bytes < SUSPECT_GROWTH * setting.limit) return undefined;
  const z = mannKendall(v, 0, n);
  if (z < SUSPECT_Z) return undefined;
  const from = lastAtMost(v, n, first + BEGIN * (top - first));
  const since = t[from] as number;
  const span = (t[n - 1] as number) - since;
  const floors = (n - from) * 2 ** ring;
  const growth = {
    leak: false,
    afterWarmUp: false,
    since,
    base: v[from] as number,
    top,
    bytes,
    span,
    floors,
  };
  if (n >= tuning.ringFloors && z >= tuning.trend) decide(window, from, growth, setting, tuning);
  // What has long been level is of no interest, though the ring still holds the rise before.
  const recent = top - (v[Math.floor((2 * n) / 3)] as number);
  return growth.leak || recent >= STILL_GROWING * (top - first) ? growth : undefined;
}

function decide(window: Window, from: number, growth: Growth, setting: Setting, tuning: Tuning): void {
  const { v, n } = window;
  const length = n - from;
  const share = growth.bytes / setting.limit;
  const persistence = growth.span / Math.min(setting.age, WEEK_MS);
  const large = share >= tuning.growth && lastsLongEnough(length, persistence, growth, setting, tuning);
  const warm = mayFollowWarmUp(length, share, persistence, growth, setting, tuning);
  if (!large && !warm) return;
  const steps = stepsOf(v, from, n);
  if (steps < tuning.steps || mannKendall(v, from, n) < tuning.segmentTrend) return;
  const halves = paceOf(window, from, length >> 1, length - (length >> 1) - 1);
  const third = Math.max(3, Math.round(length / 3));
  const thirds = paceOf(window, from, third, third);
  if (warm && steps >= WARM.steps && within(halves, WARM.halves) && within(thirds, WARM.thirds)) {
    growth.leak = true;
    growth.afterWarmUp = true;
  } else if (large && !isBurst(share, growth, setting, tuning) && !isBent(share, setting, tuning)) {
    growth.leak = isStraight(halves, thirds, share, persistence, growth.floors, tuning);
  }
}

/**
 * More than this share of the limit per floor is steep: by the time a growth can be told from noise, 15 % of the
 * limit are gone anyway. Bursts are steep, and then it is worth the wait to be sure.
 */
const STEEP = 0.0085;

function isBurst(share: number, growth: Growth, setting: Setting, tuning: Tuning): boolean {
  if (growth.floors >= tuning.steepFloors || growth.top >= HOT * setting.limit) return false;
  return share > STEEP * growth.floors;
}

/** A cache that fills by ever rarer keys looks straight for a while; its whole history does not. */
const BENT = 0.8;

function isBent(share: number, setting: Setting, tuning: Tuning): boolean {
  return share < tuning.growth + tuning.bentGrowth && setting.historyPace() < BENT;
}

function lastsLongEnough(
  length: number,
  persistence: number,
  growth: Growth,
  setting: Setting,
  tuning: Tuning,
): boolean {
  if (length < tuning.segmentFloors || growth.floors < tuning.growthFloors) return false;
  return persistence >= tuning.persistence || growth.top >= HOT * setting.limit;
}

/** A leak behind a warm-up bends as a whole for long; its later, straight part tells it from a mere warm-up. */
function mayFollowWarmUp(
  length: number,
  share: number,
  persistence: number,
  growth: Growth,
  setting: Setting,
  tuning: Tuning,
): boolean {
  return (
    share >= tuning.warmGrowth &&
    growth.top - setting.lowest >= tuning.warmRise * setting.limit &&
    length >= WARM.floors &&
    growth.floors >= WARM.growthFloors &&
    persistence >= WARM.persistence
  );
}

/** Growth that fills this share of the age is where warm-ups and caches are, and must be straight however long. */
const FROM_THE_START = 0.85;

/** Warm-ups flatten; bursts, the younger and shorter the more, bend one way or the other. */
function isStraight(
  halves: number,
  thirds: number,
  share: number,
  persistence: number,
  floors: number,
  tuning: Tuning,
): boolean {
  // The more has grown, the surer: up to 4 % beyond the least growth lower the pace asked for by twice that.
  if (halves < tuning.pace - 2 * Math.min(0.04, share - tuning.growth)) return false;
  if (floors >= tuning.shortFloors && persistence < FROM_THE_START) return true;
  if (halves < tuning.straightHalves[0] || thirds < tuning.straightThirds[0]) return false;
  return persistence >= 0.5 || (halves <= tuning.straightHalves[1] && thirds <= tuning.straightThirds[1]);
}

/** Pace of all that a window holds; a history that did not rise at first is not bent. */
export function paceOfHalves(window: Window): number {
  const { n } = window;
  const half = n >> 1;
  return n < FEWEST_FLOORS ? Number.POSITIVE_INFINITY : paceOf(window, 0, half, n - half - 1);
}

/** Slope of the last `late` spans over that of the first `early`. */
function paceOf({ t, v, n }: Window, from: number, early: number, late: number): number {
  const before = senSlope(t, v, from, from + early + 1);
  const after = senSlope(t, v, n - late - 1, n);
  return before > 0 ? after / before : after > 0 ? Number.POSITIVE_INFINITY : 0;
}

function stepsOf(v: Float64Array, from: number, n: number): number {
  const stride = n - from >= 20 ? 2 : 1;
  let sum = 0;
  let squares = 0;
  for (let i = from + stride; i < n; i += stride) {
    const rise = (v[i] as number) - (v[i - stride] as number);
    if (rise <= 0) continue;
    sum += rise;
    squares += rise * rise;
  }
  return squares > 0 ? (sum * sum) / squares : 0;
}

function lastAtMost(v: Float64Array, n: number, level: number): number {
  for (let i = n - 1; i > 0; i--) if ((v[i] as number) <= level) return i;
  return 0;
}

function within(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
