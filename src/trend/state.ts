import type { Growth } from './growth';
import type { RingsState } from './rings';
import type { Feed, TrendState } from './verdict';

/** Why a leak is no longer one. */
export type RecoveryCause = 'fell' | 'stalled' | 'restarted';

/** What a detector remembers beside its floors. Times are ms on the detector's own clock, sizes bytes. */
export interface Memory {
  state: TrendState;
  samples: number;
  refused: number;
  /** Last reading taken, as the caller tells time; the detector's clock is ahead of it by `shift`. */
  time: number | null;
  shift: number;
  /** Readings in a row from before `time`. */
  behind: number;
  limit: number | null;
  born: number;
  /** Floors since the start or restart. */
  floors: number;
  highest: number;
  lowest: number;
  /** Consecutive floors below the restart line; below the leak's fall line. */
  restarting: number;
  falling: number;
  /** Consecutive findings of a leak; floors without any growth. */
  findings: number;
  quiet: number;
  growth: Growth | null;
  newHigh: number;
  newHighTime: number;
  recovery: RecoveryCause | null;
}

export function freshMemory(): Memory {
  return {
    state: 'learning',
    samples: 0,
    refused: 0,
    time: null,
    shift: 0,
    behind: 0,
    limit: null,
    born: 0,
    floors: 0,
    highest: 0,
    lowest: 0,
    restarting: 0,
    falling: 0,
    findings: 0,
    quiet: 0,
    growth: null,
    newHigh: 0,
    newHighTime: 0,
    recovery: null,
  };
}

/** Plain numbers, words and lists: goes through JSON unchanged. */
export interface LeakDetectorState {
  version: 1;
  feed: Feed;
  memory: Memory;
  block: number[];
  rings: RingsState;
}

const STATES: readonly unknown[] = ['learning', 'healthy', 'suspect', 'leaking', 'recovered'];
const CAUSES: readonly unknown[] = [null, 'fell', 'stalled', 'restarted'];

/** `raw` if it is a whole state of this version and `feed`, else undefined: stores get edited and cut short. */
export function readState(raw: unknown, feed: Feed): LeakDetectorState | undefined {
  if (!isRecord(raw) || raw.version !== 1 || raw.feed !== feed) return undefined;
  if (!isMemory(raw.memory) || !isNumbers(raw.block) || !Array.isArray(raw.rings)) return undefined;
  const whole = raw.rings.every(
    (ring) => isRecord(ring) && isNumbers(ring.floors) && isNumbers(ring.pending),
  );
  return whole ? (raw as unknown as LeakDetectorState) : undefined;
}

function isMemory(raw: unknown): boolean {
  if (!isRecord(raw) || !STATES.includes(raw.state) || !CAUSES.includes(raw.recovery)) return false;
  if (raw.growth !== null && !isGrowth(raw.growth)) return false;
  if (raw.state === 'leaking' && raw.growth === null) return false;
  return Object.entries(freshMemory()).every(([name, fresh]) => {
    const value = raw[name];
    if (typeof fresh === 'number') return Number.isFinite(value);
    return name === 'time' || name === 'limit' ? value === null || Number.isFinite(value) : true;
  });
}

function isGrowth(raw: unknown): boolean {
  if (!isRecord(raw) || typeof raw.leak !== 'boolean' || typeof raw.afterWarmUp !== 'boolean') return false;
  return isNumbers([raw.since, raw.base, raw.top, raw.bytes, raw.span, raw.floors]);
}

function isNumbers(raw: unknown): raw is number[] {
  return Array.isArray(raw) && raw.every((value) => Number.isFinite(value));
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null;
}
