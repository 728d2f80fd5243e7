import { slopeSince } from './evidence';
import { Floors } from './floors';
import { type Growth, judge, paceOfHalves } from './growth';
import { explain } from './reason';
import { Rings, SCALES } from './rings';
import { freshMemory, type LeakDetectorState, type Memory, type RecoveryCause, readState } from './state';
import { newWindow, sharedWindow } from './statistics';
import { type Tuning, tuningFor } from './tuning';
import type { Feed, Sensitivity, TrendState, Verdict } from './verdict';

export interface LeakDetectorOptions {
  /** Default `normal`. */
  sensitivity?: Sensitivity;
  /** Default `polled`. */
  feed?: Feed;
}

const HOUR_MS = 3_600_000;
/** A gap this long says nothing of what lies between: the series begins anew. */
const LONGEST_GAP_MS = 7 * 24 * HOUR_MS;
/** So many readings in a row from before the last one mean that the clock was set back, not that one came late. */
const CLOCK_SET_READINGS = 3;
const LEARNING_FLOORS = 10;
/** Floors that a suspicion or a recovery outlasts the last sign of growth; a long growth a share of its own. */
const QUIET_FLOORS = 8;
const QUIET_SHARE = 0.25;
/** Two floors below this share of the decaying highest one: a restart, or a release that ends all history. */
const RESTART_SHARE = 0.6;
const HIGHEST_DECAY = 0.999;
const NEW_HIGH_SHARE = 0.01;
const HOLD_AGAINST_FLUKES = 2;

const historyWindow = newWindow();

/**
 * Notices a leak in one series of memory readings, online and in fixed memory (under 6 KB).
 * The floors of the readings are kept on eight scales of time and judged for growth that is large, straight
 * and lasting. Its limits: a straight rise above the growth budget (5.5, 11 or 13.5 % of the limit for
 * sensitivity high, normal, low) is called a leak even where a cache fills; below it a leak stays `suspect`.
 */
export class LeakDetector {
  readonly feed: Feed;
  readonly #tuning: Tuning;
  readonly #floors: Floors;
  readonly #rings = new Rings();
  #memory: Memory = freshMemory();

  constructor({ sensitivity = 'normal', feed = 'polled' }: LeakDetectorOptions = {}) {
    this.feed = feed;
    this.#tuning = tuningFor(sensitivity, feed);
    this.#floors = new Floors(this.#tuning.blockSamples);
  }

  get state(): TrendState {
    return this.#memory.state;
  }

  /** Readings taken. */
  get samples(): number {
    return this.#memory.samples;
  }

  /** Readings not taken: no finite number, negative, without any limit yet, or not later than the last. */
  get refused(): number {
    return this.#memory.refused;
  }

  /**
   * Takes one reading. Returns the verdict when the state changed by it, else undefined. Never throws.
   * A reading that is no number or negative, or not later than the last, is counted in `refused` and changes
   * nothing; three earlier ones in a row are a clock set back, and the series goes on from there. A limit that
   * is no number above 0 leaves the last one in force; before the first limit no reading is taken.
   */
  update(timeMs: number, bytes: number, limitBytes: number): Verdict | undefined {
    const memory = this.#memory;
    if (Number.isFinite(limitBytes) && limitBytes > 0) memory.limit = limitBytes;
    if (
      !Number.isFinite(bytes) ||
      bytes < 0 ||
      !Number.isFinite(timeMs) ||
      memory.limit === null ||
      !this.#isLater(timeMs)
    ) {
      memory.refused += 1;
      return undefined;
    }
    const before = memory.state;
    const now = timeMs + memory.shift;
    if (memory.time === null) memory.born = now;
    else if (timeMs - memory.time > LONGEST_GAP_MS) this.#beginAnew(now);
    memory.time = timeMs;
    memory.samples += 1;
    // A limit below the value is wrong: shares of the value itself are the better measure then.
    if (this.#floors.add(now, bytes)) this.#takeFloor(now, Math.max(memory.limit, this.#floors.bytes));
    return memory.state === before ? undefined : this.verdict();
  }

  /** The evidence as it stands. Slopes are worked out here, not on each reading: 10 to 40 µs. */
  verdict(): Verdict {
    const { state, growth, time, limit, shift, samples, recovery, floors } = this.#memory;
    const shown = state === 'leaking' || state === 'suspect' ? growth : null;
    const found = shown ? slopeSince(this.#rings, shown.since) : undefined;
    const rate = found && found.slope > 0 ? found : undefined;
    const numbers = {
      time,
      state,
      bytesPerHour: rate ? rate.slope * HOUR_MS : null,
      low: rate ? rate.low * HOUR_MS : null,
      high: rate ? rate.high * HOUR_MS : null,
      leakedBytes: shown ? Math.max(0, this.#floors.bytes - shown.base) : 0,
      limitBytes: limit,
      secondsToLimit:
        rate && limit !== null ? Math.max(0, (limit - this.#floors.bytes) / rate.slope / 1000) : null,
      samples,
      since: shown ? shown.since - shift : null,
    };
    const afterWarmUp = shown?.afterWarmUp ?? false;
    return {
      ...numbers,
      reason: explain(numbers, { afterWarmUp, recovery, floors, floorsNeeded: LEARNING_FLOORS }),
    };
  }

  toJSON(): LeakDetectorState {
    const memory = { ...this.#memory, growth: this.#memory.growth && { ...this.#memory.growth } };
    return { version: 1, feed: this.feed, memory, block: this.#floors.toJSON(), rings: this.#rings.toJSON() };
  }

  /** A detector that goes on where `state` ended; a new one when `state` is not a whole state of this feed. */
  static fromJSON(state: unknown, options: LeakDetectorOptions = {}): LeakDetector {
    const detector = new LeakDetector(options);
    const read = readState(state, detector.feed);
    if (!read) return detector;
    const { growth } = read.memory;
    detector.#memory = { ...freshMemory(), ...read.memory, growth: growth && { ...growth } };
    detector.#floors.restore(read.block);
    detector.#rings.restore(read.rings);
    return detector;
  }

  #isLater(timeMs: number): boolean {
    const memory = this.#memory;
    if (memory.time === null || timeMs > memory.time) {
      memory.behind = 0;
      return true;
    }
    if (timeMs === memory.time) return false;
    memory.behind += 1;
    if (memory.behind < CLOCK_SET_READINGS) return false;
    memory.behind = 0;
    memory.shift += memory.time - timeMs + 1;
    memory.time = timeMs - 1;
    return true;
  }

  #takeFloor(now: number, limit: number): void {
    const memory = this.#memory;
    const floor = this.#floors.bytes;
    if (floor >= RESTART_SHARE * memory.highest) memory.restarting = 0;
    else if (++memory.restarting >= HOLD_AGAINST_FLUKES) this.#restart(now);
    memory.highest = Math.max(floor, memory.highest * HIGHEST_DECAY);
    memory.lowest = memory.floors === 0 ? floor : Math.min(floor, memory.lowest);
    memory.floors += 1;
    this.#rings.add(this.#floors.time, floor);
    if (memory.state === 'leaking') this.#watchLeak(now, floor, limit);
    else this.#lookForLeak(now, floor, limit);
  }

  #lookForLeak(now: number, floor: number, limit: number): void {
    const memory = this.#memory;
    const growth = this.#judgeAllScales(now, limit);
    memory.findings = growth?.leak ? memory.findings + 1 : 0;
    if (growth) {
      memory.growth = growth;
      memory.quiet = 0;
      if (
        growth.leak &&
        memory.findings >= Math.max(this.#tuning.hold, this.#tuning.holdShare * growth.floors)
      ) {
        memory.state = 'leaking';
        memory.newHigh = floor;
        memory.newHighTime = now;
        memory.falling = 0;
        memory.recovery = null;
      } else if (memory.floors >= LEARNING_FLOORS) memory.state = 'suspect';
      return;
    }
    memory.quiet += 1;
    const quietNeeded = Math.max(QUIET_FLOORS, QUIET_SHARE * (memory.growth?.floors ?? 0));
    if (memory.state === 'learning' ? memory.floors >= LEARNING_FLOORS : memory.quiet >= quietNeeded) {
      memory.state = 'healthy';
      memory.growth = null;
    }
  }

  /** The first scale that shows a leak; without one, the largest growth that any shows. */
  #judgeAllScales(now: number, limit: number): Growth | undefined {
    const { born, lowest } = this.#memory;
    const setting = { limit, age: now - born, lowest, historyPace: () => this.#historyPace() };
    let largest: Growth | undefined;
    for (let ring = 0; ring < SCALES; ring++) {
      this.#rings.read(ring, sharedWindow);
      const growth = judge(sharedWindow, ring, setting, this.#tuning);
      if (growth?.leak) return growth;
      if (growth && growth.bytes > (largest?.bytes ?? 0)) largest = growth;
    }
    return largest;
  }

  /** From the finest ring that still holds the first floor. Uses the history's own window: another one is in use. */
  #historyPace(): number {
    const ring = this.#rings.finestWhole();
    this.#rings.read(ring, historyWindow);
    return paceOfHalves(historyWindow);
  }

  #watchLeak(now: number, floor: number, limit: number): void {
    const memory = this.#memory;
    const growth = memory.growth;
    if (!growth) return;
    if (floor > memory.newHigh + NEW_HIGH_SHARE * limit) {
      memory.newHigh = floor;
      memory.newHighTime = now;
    }
    memory.falling = floor < growth.top - growth.bytes / 2 ? memory.falling + 1 : 0;
    if (memory.falling >= HOLD_AGAINST_FLUKES) {
      this.#rings.clear();
      memory.born = now;
      this.#recover('fell');
    } else if (now - memory.newHighTime > growth.span) this.#recover('stalled');
  }

  #recover(cause: RecoveryCause): void {
    const memory = this.#memory;
    memory.state = 'recovered';
    memory.recovery = cause;
    memory.growth = null;
    memory.findings = 0;
    memory.quiet = 0;
  }

  /** Ends the history. The age goes on, unless a leak was known: else each burst's end would make a young series. */
  #restart(now: number): void {
    const memory = this.#memory;
    this.#rings.clear();
    memory.highest = 0;
    memory.floors = 0;
    memory.restarting = 0;
    memory.findings = 0;
    if (memory.state === 'leaking') {
      memory.born = now;
      this.#recover('restarted');
    } else if (memory.state === 'suspect') memory.state = 'healthy';
    memory.growth = null;
  }

  #beginAnew(now: number): void {
    const { samples, refused, limit, shift } = this.#memory;
    this.#memory = Object.assign(this.#memory, freshMemory(), { samples, refused, limit, shift, born: now });
    this.#rings.clear();
    this.#floors.restart();
  }
}
