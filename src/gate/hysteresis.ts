/**
 * Low or not, without flapping: low from below `closeBelowPercent` on, until above `openAbovePercent`.
 * `closeBelowPercent` 0 means never low. A percentage that is no number (unknown, NaN) changes nothing.
 */
export class Hysteresis {
  low = false;

  constructor(
    private readonly closeBelowPercent: number,
    private readonly openAbovePercent: number,
  ) {}

  /** Takes a new percentage; true when `low` changed by it. */
  update(percent: number | null): boolean {
    const before = this.low;
    if (percent !== null && percent < this.closeBelowPercent) this.low = true;
    else if (percent !== null && percent > this.openAbovePercent) this.low = false;
    return this.low !== before;
  }
}
