/**
 * Labelled synthetic memory series to judge a leak detector by: 14 healthy families, 11 that leak, in the three
 * ways memory is read. All sizes are drawn anew for each series, so no two of one family look alike.
 */

/** `postgc`: after natural major collections, irregular; `poll`: heapUsed by timer, with teeth; `rss`: by timer. */
export type SeriesKind = 'postgc' | 'poll' | 'rss';

export interface LabelledSeries {
  name: string;
  family: string;
  kind: SeriesKind;
  leak: boolean;
  /** Bytes. */
  limit: number;
  /** ms; null where nothing leaks. */
  leakStart: number | null;
  leakEnd: number | null;
  /** Mean rate between the two. */
  leakBytesPerHour: number | null;
  /** ms from the start, rising. */
  t: number[];
  /** Bytes. */
  v: number[];
  /** Bytes leaked and not yet given back, per sample; empty where nothing leaks. */
  leaked: number[];
}

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The dice of one series. */
export class Dice {
  readonly next: () => number;
  constructor(seed: number) {
    this.next = seeded(seed);
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }
  /** Evenly spread over orders of magnitude. */
  scale(low: number, high: number): number {
    return Math.exp(this.between(Math.log(low), Math.log(high)));
  }
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  exponential(): number {
    return -Math.log(1 - this.next());
  }
  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.next());
  }
  pareto(alpha: number, most: number): number {
    return Math.min(most, (1 - this.next()) ** (-1 / alpha));
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }
}

/** What a family adds to the base, as shares of the limit, over x = share of the series gone by. */
export interface Shape {
  /** Healthy or leaking floor above the base. */
  floor(i: number): number;
  /** Leaked so far; absent where nothing leaks. */
  leaked?(i: number): number;
  leakFrom?: number;
  leakTo?: number;
}

export interface Scene {
  dice: Dice;
  n: number;
  /** Hours from the start, per sample. */
  hours: number[];
  /** Share of the series gone by, per sample. */
  x: number[];
}

export interface Family {
  leak: boolean;
  kinds: readonly SeriesKind[];
  irregular?: boolean;
  gaps?: boolean;
  /** Teeth of this many times the usual height. */
  teeth?: number;
  /** Extra outliers upwards. */
  heavyTail?: boolean;
  shape(scene: Scene): Shape;
}

const MB = 1024 * 1024;
const LIMITS = [64, 128, 192, 256, 384, 512, 1024].map((size) => size * MB);

/** One labelled series of `family`, the same for the same seed. */
export function labelledSeries(name: string, family: Family, seed: number): LabelledSeries {
  const dice = new Dice(seed);
  const kind = dice.pick(family.kinds);
  const limit = dice.pick(LIMITS);
  const n = dice.whole(670, 3950);
  const t = sampleTimes(dice, family, kind, n);
  const end = t[n - 1] as number;
  const scene: Scene = { dice, n, hours: t.map((ms) => ms / 3_600_000), x: t.map((ms) => ms / end) };
  const shape = family.shape(scene);
  const base = dice.between(0.1, 0.31);
  const noise = readingNoise(dice, kind, n, family);
  const v = t.map((_, i) => {
    const bytes = Math.max(0.02, base + shape.floor(i) + (noise[i] as number)) * limit;
    return kind === 'rss' ? Math.round(bytes / 4096) * 4096 : Math.round(bytes);
  });
  const leakedShare = shape.leaked;
  const leaked = leakedShare ? t.map((_, i) => Math.round(leakedShare(i) * limit)) : [];
  const from = shape.leakFrom ?? 0;
  const to = shape.leakTo ?? n - 1;
  const hours = ((t[to] as number) - (t[from] as number)) / 3_600_000;
  const rate = family.leak ? ((leaked[to] as number) - (leaked[from] as number)) / hours : null;
  return {
    name: `${name}/${kind}#${seed}`,
    family: name,
    kind,
    leak: family.leak,
    limit,
    leakStart: family.leak ? (t[from] as number) : null,
    leakEnd: family.leak ? (t[to] as number) : null,
    leakBytesPerHour: rate,
    t,
    v,
    leaked,
  };
}

function sampleTimes(dice: Dice, family: Family, kind: SeriesKind, n: number): number[] {
  const step = kind === 'postgc' ? dice.scale(900, 500_000) : dice.scale(2000, 300_000);
  const gaps = family.gaps
    ? Array.from({ length: dice.whole(1, 4) }, () => ({
        at: dice.whole(5, n - 2),
        long: dice.scale(0.01, 0.12),
      }))
    : [];
  const t: number[] = [];
  let now = 0;
  for (let i = 0; i < n; i++) {
    if (family.irregular) now += step * 0.62 * dice.pareto(1.44, 60);
    else if (kind === 'postgc') now += step * (0.31 + 0.98 * dice.exponential());
    else now += step * (1 + 0.023 * Math.max(-3, Math.min(3, dice.normal())));
    for (const gap of gaps) if (gap.at === i) now += step * n * gap.long;
    t.push(Math.round(now));
  }
  return t;
}

/** What rides on the floor: measuring noise, bursts that drain, outliers, garbage; shares of the limit. */
function readingNoise(dice: Dice, kind: SeriesKind, n: number, family: Family): number[] {
  const sd = dice.between(0.0007, 0.0028);
  const outliers = family.heavyTail ? 0.06 : dice.between(0.005, 0.05);
  const outlierMean = family.heavyTail ? 0.012 : dice.between(0.006, 0.02);
  const drain = dice.between(0.8, 0.97);
  const burstChance = kind === 'rss' ? dice.between(0.002, 0.03) : 0;
  const tooth = { height: dice.between(0.025, 0.1) * (family.teeth ?? 1), long: dice.scale(4, 50) };
  let burst = 0;
  let length = tooth.long;
  let phase = dice.next();
  let height = tooth.height;
  return Array.from({ length: n }, () => {
    let noise = sd * dice.normal();
    if (dice.chance(outliers)) noise += outlierMean * dice.exponential();
    if (family.heavyTail && dice.chance(0.004)) noise += dice.between(0.05, 0.35);
    burst *= drain;
    if (burstChance > 0 && dice.chance(burstChance)) burst += dice.between(0.004, 0.03);
    if (kind === 'poll') {
      phase += 1 / length;
      if (phase >= 1) {
        phase = 0.1 * dice.next();
        length = tooth.long * dice.between(0.6, 1.15);
        height = tooth.height * dice.between(0.7, 1.2);
      }
      noise += phase * height;
    }
    return noise + burst;
  });
}
