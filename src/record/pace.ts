/** Below this share of headroom, in percent, records come four times as often. */
const LOW_PERCENT = 10;
const FASTER = 4;
const SHORTEST_MS = 1_000;
/** Extra records that can be saved up. */
const PURSE = 720;

/**
 * When the next record is due. Near the limit sooner, out of a purse that each regular record fills by one: over the life of
 * a card there are at most twice as many records as the interval says.
 */
export class Pace {
  #purse = PURSE;

  constructor(private readonly intervalMs: number) {}

  /** ms until the next record, by the headroom left (percent, null: unknown). */
  next(percent: number | null): number {
    const low = percent !== null && percent < LOW_PERCENT && this.#purse > 0;
    this.#purse += low ? -1 : this.#purse < PURSE ? 1 : 0;
    return low ? Math.min(this.intervalMs, Math.max(SHORTEST_MS, this.intervalMs / FASTER)) : this.intervalMs;
  }
}
