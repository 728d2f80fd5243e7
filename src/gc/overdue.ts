import { Allowance } from './allowance';
import { collectOnce } from './force';

const MB = 1_048_576;
/** At most this share of time, with a burst for the start. */
const SHARE = 0.3;
const BURST_MS = 600;
/** Less garbage than this is not worth a full collection. */
const LEAST = 4 * MB;

/**
 * Collects in V8's place when V8 is late. Where it marks in one pause only, it looks at its limit no earlier than
 * something is allocated in old space at once: what comes up through new space passes the limit unseen (a process
 * was watched going 16 MB past it). Where it marks beside the program, a busy machine may keep the markers waiting.
 * And the limit it was given at its last collection may be too generous by now. The share of time is bounded.
 */
export class Overdue {
  readonly #allowance = new Allowance(SHARE, BURST_MS, performance.now());
  #lastMs = 80;

  /** Whether another one may be paid for; while not, V8 must mark beside the program. */
  affords(now: number): boolean {
    return this.#allowance.affords(this.#lastMs, now);
  }

  /** Percent of all time spent so far. */
  percent(now: number): number {
    return this.#allowance.percent(now);
  }

  /** Collects when the heap has grown by more than `most` bytes. Tells whether it did. */
  collectIf(grown: number, most: number, now: number): boolean {
    if (grown <= Math.max(most, LEAST) || !this.affords(now)) return false;
    const pauseMs = collectOnce();
    if (pauseMs === null) return false;
    this.#lastMs = pauseMs;
    this.#allowance.spend(pauseMs);
    return true;
  }
}
