import type { Knobs } from './flags';

const MB = 1_048_576;

/** Where the process stands. Bytes. */
export interface Standing {
  /** What the process may use in all. */
  target: number;
  /** What counts against it now: the container's working set, or RSS. */
  used: number;
  heapTotal: number;
  heapUsed: number;
  /** V8's own limit of the heap. */
  heapLimit: number;
  /** Heap that survived the last full collection; heapUsed until one is known. */
  live: number;
  /** How much `live` grew from one full collection to the next; the next one will find so much more. */
  growth: number;
  /** Old-generation allocation, bytes per ms. 0 until known. */
  allocationRate: number;
  /** What a full collection gets through, bytes per ms. 0 until known. */
  collectionSpeed: number;
  /** Pages of new space now: two semi-spaces. */
  newSpace: number;
}

/**
 * relaxed: V8 as it is, whatever it does fits. steady: the heap's growth is held to the room there is. tight: as
 * steady, with so little room that collections become frequent. over: what is alive does not fit; no collecting
 * can help.
 */
export type Stance = 'relaxed' | 'steady' | 'tight' | 'over';

export interface Decision {
  stance: Stance;
  knobs: Knobs;
  /** New space is larger than it should be: only a full collection that shrinks it helps. */
  shrinkNewSpace: boolean;
  /** Bytes the old generation may grow before V8 begins to collect fully. */
  extra: number;
  /** Bytes by which the heap may have grown when that is done; beyond them it must be done at once. */
  most: number;
}

/** V8 lets the old generation grow by new space's capacity on top of any percentage, and by 8 MB at the least. */
const LEAST_STEP = 8 * MB;
/**
 * Time against memory: one more MB of heap is worth it while it saves this share of the time. MemBalancer's c,
 * which it fits to the machine; here a constant that is met or undercut by what the budget allows.
 */
const SHARE_PER_MB = 1e-4;
/** While marking goes on beside the program, the heap grows on: so much of the room may be filled before. */
const BESIDE_SHARE = 0.6;
/** … and so much at most: on a busy machine the markers may not get through in time. */
const BESIDE_MOST = 0.9;
/** A trigger that is never reached: V8 marks in one pause, at the limit. */
const NEVER_BESIDE = 1000;
/** At most this much, in bytes, is taken by new space in V8's default sizes (three semi-spaces). */
const NEW_SPACE_MOST = 3 * 64 * MB;

/**
 * The rule of the governor, a pure function. After MemBalancer (Kirisame, Shenoy, Panchekha, OOPSLA 2022): the
 * extra heap above what is alive is √(live · allocation rate / (collection speed · c)). It differs in that V8
 * takes the extra only as a whole percentage of `live`, from the end of the next full collection; that the
 * budget cuts it off; and that where V8's own limits fit into the budget V8 is left alone.
 */
export function decide(standing: Standing, before: Stance): Decision {
  const { target, used, heapTotal, heapLimit, growth } = standing;
  const live = standing.live + Math.max(0, growth);
  const fixed = Math.max(0, used - heapTotal);
  const room = target - fixed - live;
  // Leaving a stance takes more than entering it, so that none flaps.
  const stay = (stance: Stance, factor: number) => (before === stance ? factor : 1);

  const largest = Math.min(heapLimit, Math.max(4 * live, live + 64 * MB), (live + heapLimit) / 2 + 32 * MB);
  const worst = Math.max(LEAST_STEP, largest - live + Math.min(NEW_SPACE_MOST, heapLimit / 8));
  if (room >= worst * stay('relaxed', 0.85)) {
    return {
      stance: 'relaxed',
      knobs: {
        'heap-growing-percent': 0,
        'incremental-marking-hard-trigger': 0,
        'semi-space-growth-factor': 2,
      },
      shrinkNewSpace: false,
      extra: worst,
      most: Number.POSITIVE_INFINITY,
    };
  }

  const semi = standing.newSpace / 2;
  const wanted = semiSpaceFor(room);
  const available = Math.max(0, room - 3 * semi);
  const tight = available < live * 0.75 * stay('tight', 1.2);
  const extra = Math.min(tight ? available : available * BESIDE_SHARE, worthwhile(standing));
  const percent = clamp(Math.floor((100 * (extra - semi)) / live), 1, 300);
  return {
    stance: room < LEAST_STEP ? 'over' : tight ? 'tight' : 'steady',
    knobs: {
      'heap-growing-percent': percent,
      'incremental-marking-hard-trigger': tight ? NEVER_BESIDE : 0,
      'semi-space-growth-factor': semi * 2 <= wanted ? 2 : 1,
    },
    shrinkNewSpace: semi > 2 * wanted,
    extra,
    most: tight ? extra : available * BESIDE_MOST,
  };
}

/** MemBalancer's extra heap; without limit until both speeds are known. */
function worthwhile({ live, allocationRate, collectionSpeed }: Standing): number {
  if (allocationRate <= 0 || collectionSpeed <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(LEAST_STEP, Math.sqrt((live * allocationRate * MB) / (collectionSpeed * SHARE_PER_MB)));
}

/** Bytes of one semi-space; V8 keeps up to three of them. */
function semiSpaceFor(room: number): number {
  if (room > 120 * MB) return 16 * MB;
  if (room > 60 * MB) return 8 * MB;
  if (room > 24 * MB) return 4 * MB;
  return room > 10 * MB ? 2 * MB : MB;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
