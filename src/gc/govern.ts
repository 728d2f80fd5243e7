import v8 from 'node:v8';
import { containerReader } from '../sample/container';
import { kernelFiles } from '../sample/files';
import { hostCalls, readSystem } from '../sample/system';
import { Allowance } from './allowance';
import { type Knobs, setKnobs, usualKnobs } from './flags';
import { prepareCollectOnce } from './force';
import { type Decision, decide, type Stance } from './law';
import { GcWindow } from './observe';
import { Overdue } from './overdue';
import { type Collection, collect } from './trigger';

const MB = 1_048_576;

/** A limit on memory and what counts against it now. Bytes. */
export interface MemoryLimit {
  limit: number;
  used: number;
}

/** Tells the limits that hold for this process; what it opened goes with `close`. */
export interface LimitReader {
  read(rss: number): MemoryLimit[];
  close(): void;
}

export interface GovernorOptions {
  /** What the process may use in all, in bytes; 0 = what the container or the system allows. */
  budgetBytes?: number;
  /** Share of the budget to stay within, in percent; what is above it is reserve. Default 95. */
  targetPercent?: number;
  /** Told whenever a knob was turned or the stance changed. */
  onChange?: (state: GovernorState) => void;
  limits?: LimitReader;
}

export interface GovernorState {
  stance: Stance;
  /** Why, in words. */
  reason: string;
  knobs: Knobs;
  /** Bytes the process may use, after `targetPercent`. */
  target: number;
  used: number;
  live: number;
  /** Collections the governor itself has forced so far, and the percent of time they took. */
  forced: number;
  forcedPercent: number;
}

/** What is left above it is for what comes between two collections. */
export const USUAL_TARGET_PERCENT = 95;
/** At most this share of time goes into forced collections, with a burst for the start. */
const FORCED_SHARE = 0.05;
const FORCED_BURST_MS = 600;
/** Between two looks: at least, at most; in between, a fifth of the time in which the room could be gone. */
const LOOK_LEAST_MS = 20;
const LOOK_MOST_MS = 2_000;

/** The limits of this machine: the container's where one holds, else the system's. */
export function machineLimits(): LimitReader {
  const files = kernelFiles();
  const container = containerReader(files);
  return {
    read(rss) {
      const memory = container.read();
      if (memory) return [{ limit: memory.limit, used: memory.workingSet }];
      const { available } = readSystem(files, hostCalls);
      return available === null ? [] : [{ limit: rss + available, used: rss }];
    },
    close: () => files.close(),
  };
}

/**
 * Keeps this process inside a budget of memory, without a restart: at each collection, and in between as often
 * as memory moves, it reads where the process stands, sets V8's run-time knobs by `decide`, and collects when
 * the budget is near and something can be had. One per process: `memory-tune` sees to that.
 */
export class Governor {
  readonly #options: Required<Pick<GovernorOptions, 'budgetBytes' | 'targetPercent'>> & GovernorOptions;
  readonly #limits: LimitReader;
  readonly #window: GcWindow;
  readonly #allowance = new Allowance(FORCED_SHARE, FORCED_BURST_MS, performance.now());
  readonly #overdue = new Overdue();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #collecting = false;

  #stance: Stance = 'relaxed';
  #knobs = usualKnobs();
  #state: GovernorState | null = null;
  #lookedAt = 0;
  #usedAtLook = 0;
  /** Bytes per ms at which memory was seen to grow, fading. */
  #pace = 0;

  #live: number | null = null;
  #growth = 0;
  #outsideAtMajor = 0;
  #heapPeak = 0;
  #majorAt = performance.now();
  #allocationRate = 0;
  #collectionSpeed = 0;
  #forced = 0;
  #forcedMs = 80;
  #forcedAt = Number.NEGATIVE_INFINITY;

  constructor(options: GovernorOptions = {}) {
    this.#options = {
      ...options,
      budgetBytes: options.budgetBytes ?? 0,
      targetPercent: options.targetPercent ?? USUAL_TARGET_PERCENT,
    };
    this.#limits = options.limits ?? machineLimits();
    this.#window = new GcWindow({ onCollections: (major) => this.#collected(major) });
    this.#look();
  }

  get state(): GovernorState | null {
    return this.#state;
  }

  /** Ends the governing; the knobs go back to what the command line said. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#window.close();
    this.#limits.close();
    setKnobs(usualKnobs());
  }

  #collected(major: boolean): void {
    const { heapUsed, external } = process.memoryUsage();
    const now = performance.now();
    if (major) {
      // All pauses since the last full one, young ones too: a little slow, so that it never promises too much.
      const { pauseMs = 0 } = this.#window.take() ?? {};
      if (pauseMs > 0) this.#collectionSpeed = blend(this.#collectionSpeed, this.#heapPeak / pauseMs);
      if (this.#live !== null) {
        this.#growth = Math.max(heapUsed - this.#live, this.#growth / 2);
        const grown = Math.max(0, this.#heapPeak - this.#live);
        this.#allocationRate = blend(this.#allocationRate, grown / Math.max(1, now - this.#majorAt));
      }
      this.#live = heapUsed;
      this.#outsideAtMajor = external;
      this.#heapPeak = heapUsed;
      this.#majorAt = now;
    } else {
      this.#heapPeak = Math.max(this.#heapPeak, heapUsed);
    }
    if (major || now - this.#lookedAt >= LOOK_LEAST_MS) this.#look();
  }

  #look(): void {
    if (this.#closed) return;
    const now = performance.now();
    const memory = process.memoryUsage();
    const { limit, used } = this.#nearest(memory.rss);
    const target = limit * (this.#options.targetPercent / 100);
    // Live can only be less than what is used: later readings correct one that was taken late.
    if (this.#live !== null) this.#live = Math.min(this.#live, memory.heapUsed);
    this.#heapPeak = Math.max(this.#heapPeak, memory.heapUsed);

    const since = now - this.#lookedAt;
    if (this.#lookedAt > 0) {
      this.#pace = Math.max(
        this.#pace * 0.5 ** (since / 1000),
        (used - this.#usedAtLook) / Math.max(since, 1),
      );
    }
    this.#lookedAt = now;
    this.#usedAtLook = used;

    const before = this.#stance;
    const decision = decide(
      {
        target,
        used,
        heapTotal: memory.heapTotal,
        heapUsed: memory.heapUsed,
        heapLimit: v8.getHeapStatistics().heap_size_limit,
        live: this.#live ?? memory.heapUsed,
        growth: this.#growth,
        allocationRate: this.#allocationRate,
        collectionSpeed: this.#collectionSpeed,
        newSpace: newSpace(),
      },
      before,
    );
    // Making V8's `gc` callable may itself begin a collection: better now than in a hurry.
    if (before === 'relaxed' && decision.stance !== 'relaxed') prepareCollectOnce();
    const turned = this.#apply(decision, now);
    this.#stance = decision.stance;
    this.#state = {
      stance: decision.stance,
      reason: reasonFor(decision, target - used),
      knobs: this.#knobs,
      target,
      used,
      live: this.#live ?? memory.heapUsed,
      forced: this.#forced,
      forcedPercent: this.#allowance.percent(now) + this.#overdue.percent(now),
    };
    if (turned || decision.stance !== before) this.#options.onChange?.(this.#state);

    this.#collectIfNeeded(decision, before, target - used, memory, now);
    this.#plan(target - used);
  }

  /** Of all limits the one with the least room. Without any, the heap's own limit is left to do its work. */
  #nearest(rss: number): MemoryLimit {
    const limits = this.#limits.read(rss);
    if (this.#options.budgetBytes > 0) limits.push({ limit: this.#options.budgetBytes, used: rss });
    const share = this.#options.targetPercent / 100;
    let nearest: MemoryLimit = { limit: Number.MAX_SAFE_INTEGER, used: rss };
    for (const one of limits) {
      if (one.limit * share - one.used < nearest.limit * share - nearest.used) nearest = one;
    }
    return nearest;
  }

  #apply({ knobs }: Decision, now: number): boolean {
    // A percentage that moves by less than a tenth changes nothing worth a flag.
    const name = 'heap-growing-percent';
    const near = Math.abs(knobs[name] - this.#knobs[name]) < 0.1 * this.#knobs[name];
    this.#knobs = { ...knobs, [name]: near ? this.#knobs[name] : knobs[name] };
    if (!this.#overdue.affords(now)) this.#knobs['incremental-marking-hard-trigger'] = 0;
    return Object.keys(setKnobs(this.#knobs)).length > 0;
  }

  #collectIfNeeded(
    decision: Decision,
    before: Stance,
    left: number,
    memory: NodeJS.MemoryUsage,
    now: number,
  ): void {
    const { stance, extra, most } = decision;
    if (stance === 'relaxed' || this.#collecting) return;
    const grown = memory.heapUsed - (this.#live ?? memory.heapUsed);
    if (stance !== 'over' && this.#overdue.collectIf(grown, most, now)) {
      this.#forced += 1;
      return;
    }
    const outside = memory.external - this.#outsideAtMajor;
    const inside = memory.heapUsed - (this.#live ?? memory.heapUsed / 2);
    // V8 itself collects when the old generation has grown by `extra`; of Buffers it counts only the many.
    const worth = outside > Math.max(4 * MB, extra / 4) || inside > extra * 1.25 + 8 * MB;
    // V8 reads the percentage at the end of a full collection: until then an old, larger limit holds.
    const stale = before === 'relaxed';
    // Not again at once when the collection did not shrink it.
    const shrink = decision.shrinkNewSpace && now - this.#forcedAt > 10_000;
    const soon = left < this.#pace * LOOK_LEAST_MS * 2;
    if (!stale && !shrink && !(soon && worth)) return;
    if (!this.#allowance.affords(this.#forcedMs, now)) return;
    this.#collecting = true;
    collect({ kind: 'major', execution: 'async' }).then(
      (result) => this.#forcedDone(result),
      () => this.#forcedDone(null),
    );
  }

  #forcedDone(result: Collection | null): void {
    this.#collecting = false;
    this.#forcedAt = performance.now();
    if (!result?.collected || result.shared) return;
    const { pauseMs } = result;
    this.#forced += 1;
    this.#forcedMs = pauseMs;
    this.#allowance.spend(pauseMs);
  }

  #plan(left: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    const until = this.#pace > 0 ? (0.2 * Math.max(0, left)) / this.#pace : LOOK_MOST_MS;
    this.#timer = setTimeout(() => this.#look(), Math.min(LOOK_MOST_MS, Math.max(LOOK_LEAST_MS, until)));
    this.#timer.unref();
  }
}

function blend(old: number, fresh: number): number {
  return old === 0 ? fresh : 0.7 * old + 0.3 * fresh;
}

function newSpace(): number {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}

function reasonFor({ stance }: Decision, left: number): string {
  const megabytes = Math.round(left / MB);
  if (stance === 'relaxed') return 'memory is plentiful: V8 is left alone';
  if (stance === 'over') return 'what is alive needs more than the budget: no collection can help';
  return `${megabytes} MB left: the heap's growth is held to what fits`;
}
