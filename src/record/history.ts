import type { PastRun } from './header';

const A_DAY_SECONDS = 86_400;
const AN_HOUR_SECONDS = 3_600;

/** Ends of this many runs in a row, each within so many ms of its start, are a restart loop. 0 runs: never. */
export interface LoopRule {
  loopRestarts: number;
  loopWithinMs: number;
}

export interface Restarts {
  lastHour: number;
  lastDay: number;
  /** There were more than the file remembers. */
  more: boolean;
}

/**
 * Starts after an earlier run, in the last hour and day. Counted by how long runs and the breaks between them lasted, not by
 * the clock: a gateway without a battery starts in the past. A break of unknown length counts as none. `runs`: all that
 * there ever were.
 */
export function restartsOf(past: readonly PastRun[], runs: number): Restarts {
  let ago = 0;
  let lastHour = 0;
  let lastDay = 0;
  for (const [lasted, down] of [...past].reverse()) {
    if (ago > A_DAY_SECONDS) break;
    lastDay += 1;
    if (ago <= AN_HOUR_SECONDS) lastHour += 1;
    ago += lasted + (down ?? 0);
  }
  return { lastHour, lastDay, more: lastDay === past.length && runs > past.length };
}

/** A restart loop: how many runs in a row ended badly and soon, and the seconds they lasted together. */
export interface Loop {
  restarts: number;
  seconds: number;
  causes: string[];
}

/** Null where the last runs make no loop. A run that was told to end breaks it, and so does one that lasted. */
export function loopOf(past: readonly PastRun[], { loopRestarts, loopWithinMs }: LoopRule): Loop | null {
  let restarts = 0;
  let seconds = 0;
  const causes = new Set<string>();
  for (const [lasted, down, cause] of [...past].reverse()) {
    if (cause === 'clean' || lasted * 1000 >= loopWithinMs) break;
    restarts += 1;
    seconds += lasted + (down ?? 0);
    causes.add(cause);
  }
  if (loopRestarts === 0 || restarts < loopRestarts) return null;
  return { restarts, seconds: Math.round(seconds), causes: [...causes] };
}
