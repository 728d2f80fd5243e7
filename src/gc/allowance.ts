/**
 * Bounds the share of time that may go into something, with room for a burst: a bucket that fills at `share`
 * ms per ms up to `burstMs`. Spending more than is there is possible once and paid back before the next.
 */
export class Allowance {
  #left: number;
  #at: number;
  #spent = 0;
  readonly #share: number;
  readonly #burstMs: number;
  readonly #since: number;

  /** `leftMs`: what is in the bucket at first; full by default. */
  constructor(share: number, burstMs: number, now: number, leftMs = burstMs) {
    this.#share = share;
    this.#burstMs = burstMs;
    this.#left = leftMs;
    this.#at = now;
    this.#since = now;
  }

  /** Whether something that will take about `ms` may be done now. */
  affords(ms: number, now: number): boolean {
    this.#left = Math.min(this.#burstMs, this.#left + (now - this.#at) * this.#share);
    this.#at = now;
    // What costs more than the bucket ever holds may be done when the bucket is full.
    return this.#left >= Math.min(ms, this.#burstMs);
  }

  spend(ms: number): void {
    this.#left -= ms;
    this.#spent += ms;
  }

  /** Percent of all time that was spent. */
  percent(now: number): number {
    const elapsed = now - this.#since;
    return elapsed > 0 ? Math.min(100, (100 * this.#spent) / elapsed) : 0;
  }
}
