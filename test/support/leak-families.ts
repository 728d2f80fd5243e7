import {
  type Dice,
  type Family,
  type LabelledSeries,
  labelledSeries,
  type Scene,
  type SeriesKind,
} from './leak-series';

const ALL: readonly SeriesKind[] = ['postgc', 'poll', 'rss'];

const rise = (x: number, from: number, to: number) => Math.min(1, Math.max(0, (x - from) / (to - from)));

/** Reverts to its mean: deviation `sd`, memory of `memory` samples. */
function wander(dice: Dice, n: number, sd: number, memory: number): number[] {
  const keep = Math.exp(-1 / memory);
  let at = sd * dice.normal();
  return Array.from({ length: n }, () => {
    at = at * keep + sd * Math.sqrt(1 - keep * keep) * dice.normal();
    return at;
  });
}

/** A day's tide with an uneven height from day to day. */
function tide({ dice, hours }: Scene, height: number): (i: number) => number {
  const phase = dice.between(0, 24);
  const days = Array.from({ length: 400 }, () => dice.between(0.75, 1.15));
  return (i) => {
    const turn = ((hours[i] as number) + phase) / 24;
    const day = days[Math.min(399, Math.floor(turn))] as number;
    return (height * day * (1 - Math.cos(2 * Math.PI * turn))) / 2;
  };
}

/** Steps at random places; the height of step k of n by `height`. */
function steps(dice: Dice, count: number, from: number, to: number, height: (k: number) => number) {
  const at = Array.from({ length: count }, () => dice.between(from, to)).sort((a, b) => a - b);
  const heights = at.map((_, k) => height(k));
  return (x: number) => at.reduce((sum, place, k) => (x >= place ? sum + (heights[k] as number) : sum), 0);
}

function linearLeak(low: number, high: number): Family['shape'] {
  return ({ dice, x }) => {
    const total = dice.between(low, high);
    const leaked = (i: number) => total * (x[i] as number);
    return { floor: leaked, leaked };
  };
}

/** Tides need days: a series of hours shows a piece of one. */
const LONGEST_TIDE = 0.1;

export const FAMILIES: Readonly<Record<string, Family>> = {
  'flat-sawtooth': { leak: false, kinds: ['poll'], shape: () => ({ floor: () => 0 }) },
  'flat-postgc': { leak: false, kinds: ['postgc', 'rss'], shape: () => ({ floor: () => 0 }) },
  'warmup-plateau': {
    leak: false,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const height = dice.between(0.05, 0.27);
      const pace = dice.scale(0.008, 0.08);
      return { floor: (i) => height * (1 - Math.exp(-(x[i] as number) / pace)) };
    },
  },
  'cache-fill': {
    leak: false,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const height = dice.between(0.04, 0.1);
      const from = dice.chance(0.5) ? 0 : dice.between(0, 0.4);
      const to = from + dice.between(0.05, 0.25);
      return { floor: (i) => height * rise(x[i] as number, from, to) };
    },
  },
  'lru-zipf': {
    leak: false,
    kinds: ALL,
    shape: ({ dice, x, n }) => {
      const height = dice.between(0.05, 0.2);
      const full = dice.between(0.15, 0.5);
      const bend = dice.between(0.25, 0.6);
      const wobble = wander(dice, n, dice.between(0.001, 0.004), dice.between(10, 60));
      return { floor: (i) => height * Math.min(1, (x[i] as number) / full) ** bend + (wobble[i] as number) };
    },
  },
  diurnal: {
    leak: false,
    kinds: ALL,
    shape: (scene) => {
      const height = scene.dice.between(0.03, LONGEST_TIDE);
      const days = (scene.hours[scene.n - 1] as number) / 24;
      // A tide is a tide only where the series is days long: shorter ones get a shorter day.
      const stretch = days < 3 ? scene.dice.between(3, 10) / days : 1;
      return { floor: tide({ ...scene, hours: scene.hours.map((h) => h * stretch) }, height) };
    },
  },
  'deploy-steps': {
    leak: false,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const runs = Array.from({ length: dice.whole(1, 4) }, () => dice.next()).sort();
      const all = [0, ...runs].map((from) => ({
        from,
        level: dice.between(-0.05, 0.08),
        warm: dice.between(0.01, 0.06),
        pace: dice.scale(0.004, 0.03),
        cold: from === 0 || dice.chance(0.7),
      }));
      return {
        floor: (i) => {
          const now = x[i] as number;
          const run = all.findLast((candidate) => candidate.from <= now);
          if (!run) return 0;
          return run.level - (run.cold ? run.warm * Math.exp(-(now - run.from) / run.pace) : 0);
        },
      };
    },
  },
  bursts: {
    leak: false,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const all = Array.from({ length: dice.whole(2, 9) }, () => ({
        at: dice.next(),
        height: dice.between(0.05, 0.37),
        up: dice.scale(0.004, 0.03),
        down: dice.scale(0.004, 0.05),
      }));
      return {
        floor: (i) => {
          let sum = 0;
          for (const burst of all) {
            const d = (x[i] as number) - burst.at;
            sum += burst.height * (d < 0 ? Math.exp(-((d / burst.up) ** 2)) : Math.exp(-d / burst.down));
          }
          return sum;
        },
      };
    },
  },
  'mean-reverting': {
    leak: false,
    kinds: ALL,
    shape: ({ dice, n }) => {
      const path = wander(dice, n, dice.between(0.004, 0.02), dice.scale(3, 120));
      return { floor: (i) => path[i] as number };
    },
  },
  'one-off-alloc': {
    leak: false,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const height = dice.between(0.04, 0.25);
      const from = dice.between(0.1, 0.95);
      const to = dice.chance(0.4) ? from + dice.between(0.05, 0.3) : 2;
      return { floor: (i) => ((x[i] as number) >= from && (x[i] as number) < to ? height : 0) };
    },
  },
  'heavy-tail': { leak: false, kinds: ALL, heavyTail: true, shape: () => ({ floor: () => 0 }) },
  'missing-samples': {
    leak: false,
    kinds: ALL,
    gaps: true,
    shape: ({ dice, x, n }) => {
      const height = dice.between(0, 0.15);
      const pace = dice.scale(0.01, 0.05);
      const path = wander(dice, n, dice.between(0, 0.006), dice.scale(5, 60));
      return { floor: (i) => height * (1 - Math.exp(-(x[i] as number) / pace)) + (path[i] as number) };
    },
  },
  'irregular-clock': {
    leak: false,
    kinds: ['postgc', 'rss'],
    irregular: true,
    shape: ({ dice, n }) => {
      const path = wander(dice, n, dice.between(0.003, 0.011), dice.scale(5, 60));
      const calm = dice.whole(n * 0.5, n * 1.2);
      return { floor: (i) => (i < calm ? (path[i] as number) : 0) };
    },
  },
  'rss-high-water': {
    leak: false,
    kinds: ['rss'],
    shape: ({ dice, x }) => {
      const total = dice.between(0.03, 0.17);
      const count = dice.whole(3, 14);
      const fade = dice.between(0.6, 0.95);
      const weights = Array.from({ length: count }, (_, k) => fade ** k * dice.between(0.2, 1.8));
      const sum = weights.reduce((a, b) => a + b, 0);
      // New high-water marks come ever later: places crowd at the start.
      const crowd = dice.between(1.5, 4);
      const places = Array.from({ length: count }, () => dice.next() ** crowd).sort((a, b) => a - b);
      return {
        floor: (i) =>
          places.reduce(
            (at, place, k) => ((x[i] as number) >= place ? at + ((weights[k] as number) / sum) * total : at),
            0,
          ),
      };
    },
  },

  'leak-linear-fast': { leak: true, kinds: ALL, shape: linearLeak(0.5, 0.7) },
  'leak-linear-slow': { leak: true, kinds: ALL, shape: linearLeak(0.18, 0.27) },
  'leak-per-request': {
    leak: true,
    kinds: ALL,
    shape: (scene) => {
      const { dice, n } = scene;
      const total = dice.between(0.33, 0.55);
      const load = wander(dice, n, dice.between(0.2, 0.5), n * dice.between(0.05, 0.12));
      let sum = 0;
      const gone = scene.hours.map((h, i) => {
        const step = h - (i > 0 ? (scene.hours[i - 1] as number) : 0);
        sum += step * Math.max(0.1, 1 + (load[i] as number));
        return sum;
      });
      const leaked = (i: number) => (total * (gone[i] as number)) / sum;
      return { floor: leaked, leaked };
    },
  },
  'leak-steps': {
    leak: true,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const total = dice.between(0.25, 0.52);
      const size = dice.between(0.009, 0.016);
      const count = Math.round(total / size);
      const regular = dice.chance(0.5);
      const at = regular
        ? (now: number) => Math.floor(now * count + 0.02) * size
        : steps(dice, count, 0.01, 1, () => size * dice.between(0.9, 1.1));
      const leaked = x.map(at);
      return { floor: (i) => leaked[i] as number, leaked: (i) => leaked[i] as number };
    },
  },
  'leak-accelerating': {
    leak: true,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const total = dice.between(0.42, 0.6);
      const power = dice.between(1.5, 2.4);
      const leaked = (i: number) => total * (x[i] as number) ** power;
      return { floor: leaked, leaked };
    },
  },
  'leak-in-diurnal': {
    leak: true,
    kinds: ALL,
    shape: (scene) => {
      const total = scene.dice.between(0.3, 0.54);
      const days = (scene.hours[scene.n - 1] as number) / 24;
      const stretch = days < 3 ? scene.dice.between(3, 7) / days : 1;
      const wave = tide(
        { ...scene, hours: scene.hours.map((h) => h * stretch) },
        scene.dice.between(0.02, 0.12),
      );
      const leaked = (i: number) => total * (scene.x[i] as number);
      return { floor: (i) => leaked(i) + wave(i), leaked };
    },
  },
  'leak-late': {
    leak: true,
    kinds: ALL,
    shape: ({ dice, x, n }) => {
      const total = dice.between(0.27, 0.45);
      const start = dice.between(0.3, 0.6);
      const leaked = (i: number) => total * rise(x[i] as number, start, 1);
      return {
        floor: leaked,
        leaked,
        leakFrom: Math.min(
          n - 2,
          x.findIndex((at) => at >= start),
        ),
      };
    },
  },
  'leak-big-sawtooth': { leak: true, kinds: ['poll'], teeth: 2.6, shape: linearLeak(0.28, 0.45) },
  'leak-then-fixed': {
    leak: true,
    kinds: ALL,
    shape: ({ dice, x, n }) => {
      const total = dice.between(0.3, 0.6);
      const start = dice.between(0.1, 0.25);
      const end = dice.between(0.5, 0.7);
      const leaked = (i: number) => ((x[i] as number) < end ? total * rise(x[i] as number, start, end) : 0);
      const last = x.findLastIndex((at) => at < end);
      return {
        floor: leaked,
        leaked,
        leakFrom: Math.max(
          0,
          x.findIndex((at) => at >= start),
        ),
        leakTo: Math.min(n - 1, Math.max(1, last)),
      };
    },
  },
  'leak-with-warmup': {
    leak: true,
    kinds: ALL,
    shape: ({ dice, x }) => {
      const total = dice.between(0.32, 0.42);
      const height = dice.between(0.06, 0.16);
      const pace = dice.scale(0.02, 0.07);
      const leaked = (i: number) => total * (x[i] as number);
      return { floor: (i) => leaked(i) + height * (1 - Math.exp(-(x[i] as number) / pace)), leaked };
    },
  },
  'leak-rss-missing': { leak: true, kinds: ['rss'], gaps: true, shape: linearLeak(0.3, 0.42) },
};

/** `perFamily` series of each family, the same for the same `seed`, one after the other to spare memory. */
export function* seriesOfAllFamilies(perFamily: number, seed: number): Generator<LabelledSeries> {
  const names = Object.keys(FAMILIES);
  for (const [f, name] of names.entries()) {
    const family = FAMILIES[name] as Family;
    for (let k = 0; k < perFamily; k++) yield labelledSeries(name, family, seed * 1_000_003 + f * 10_007 + k);
  }
}
