import { formatBytes } from '../config';
import type { RecoveryCause } from './state';
import type { Verdict } from './verdict';

/** What a sentence needs beside the verdict's numbers. */
export interface Circumstances {
  afterWarmUp: boolean;
  recovery: RecoveryCause | null;
  /** Floors seen and floors needed before anything is judged. */
  floors: number;
  floorsNeeded: number;
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const RECOVERED: Readonly<Record<RecoveryCause, string>> = {
  fell: 'The growth is over: half of what had leaked was given back.',
  stalled: 'The growth is over: no new high for as long as the leak had taken to show itself.',
  restarted: 'Memory fell far below its highest level: a restart, or a large release.',
};

/** The verdict in words: how fast, since when, and why it is not a warm-up. */
export function explain(verdict: Omit<Verdict, 'reason'>, circumstances: Circumstances): string {
  switch (verdict.state) {
    case 'learning':
      return `Learning: ${circumstances.floors} of ${circumstances.floorsNeeded} floors seen.`;
    case 'healthy':
      return 'No growth that lasts.';
    case 'suspect':
      return `${grew(verdict)}. Not yet enough, straight or lasting enough to call it a leak; a warm-up or a cache may look like this.`;
    case 'leaking':
      return `${grows(verdict)}. ${circumstances.afterWarmUp ? WARMED_UP : STRAIGHT}`;
    case 'recovered':
      return RECOVERED[circumstances.recovery ?? 'stalled'];
  }
}

const STRAIGHT =
  'Not a warm-up: the growth does not flatten, comes in many small steps and has gone on too long for a burst.';
const WARMED_UP =
  'Not only a warm-up: behind the first, flattening rise memory goes on growing in a straight line.';

function grew({ leakedBytes, limitBytes, since }: Omit<Verdict, 'reason'>): string {
  const share = limitBytes ? `, ${((100 * leakedBytes) / limitBytes).toFixed(1)} % of the limit,` : '';
  return `Memory grew by ${formatBytes(leakedBytes)}${share} since ${when(since)}`;
}

function grows(verdict: Omit<Verdict, 'reason'>): string {
  const { bytesPerHour, low, high, secondsToLimit, limitBytes } = verdict;
  if (bytesPerHour === null || low === null || high === null) return grew(verdict);
  const rate = `Memory grows by ${formatBytes(bytesPerHour)}/h (${formatBytes(low)} to ${formatBytes(high)}) since ${when(verdict.since)}, ${formatBytes(verdict.leakedBytes)} so far`;
  if (secondsToLimit === null || limitBytes === null) return rate;
  return secondsToLimit > 0
    ? `${rate}; the limit of ${formatBytes(limitBytes)} is reached in ${span(secondsToLimit)}`
    : `${rate}; the limit of ${formatBytes(limitBytes)} is reached`;
}

function when(time: number | null): string {
  // A time outside the range of dates is the sender's own clock: shown as it is.
  if (time === null || !(Math.abs(time) <= 8.64e15)) return String(time);
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function span(seconds: number): string {
  if (seconds >= 2 * DAY_SECONDS) return `${Math.round(seconds / DAY_SECONDS)} days`;
  if (seconds >= 2 * HOUR_SECONDS) return `${Math.round(seconds / HOUR_SECONDS)} h`;
  if (seconds >= 2 * MINUTE_SECONDS) return `${Math.round(seconds / MINUTE_SECONDS)} min`;
  return `${Math.round(seconds)} s`;
}
