import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import { Allowance } from '../gc/allowance';
import { untilIdle } from '../gc/idle';
import { type Collection, type CollectOptions, collect as collectNow } from '../gc/trigger';

/** 1 %, less what reading and observing take. */
const SHARE_OF_TIME = 0.0085;
/** What quiet times save up, for a leak that begins after them: a minute's worth. */
const MOST_SAVED_MS = 510;
/** What a collection costs until the first one has told: measured 0.8, on a busy machine more. */
const MS_PER_MB = 1.2;

export type Collect = (options: CollectOptions) => Promise<Collection>;
export type Purse = Pick<Allowance, 'affords' | 'spend' | 'percent'>;

/** All probes of the process pay from one purse: two watches must not block it for 2 % of the time. */
let shared: Purse | null = null;
function purseOfProcess(): Purse {
  shared ??= new Allowance(SHARE_OF_TIME, MOST_SAVED_MS, performance.now(), 0);
  return shared;
}

/**
 * Asks for full collections to learn what is live, and spends at most 1 % of the time on them: a collection is made
 * only when what the last one cost has been saved up before. What it finds is heard from the observer of
 * collections, as with any other.
 */
export class Probe {
  readonly #stopped = new AbortController();
  readonly #collect: Collect;
  readonly #purse: Purse;
  readonly #cpuMs: () => number;
  #running = false;
  /** Of the dearer of the last two, for pauses vary; null before the first. */
  #expectedMs: number | null = null;
  #lastMs = 0;

  constructor(
    collect: Collect = collectNow,
    purse: Purse = purseOfProcess(),
    cpuMs: () => number = cpuMsOfProcess,
  ) {
    this.#collect = collect;
    this.#purse = purse;
    this.#cpuMs = cpuMs;
  }

  /** Percent of all time spent in collections asked for by any probe. */
  get percent(): number {
    return this.#purse.percent(performance.now());
  }

  /** Collects at the next idle moment, after `maxWaitMs` in any case, unless one is under way or too dear now. */
  async ask(maxWaitMs: number): Promise<void> {
    if (this.#running || !this.#affordable()) return;
    this.#running = true;
    try {
      if ((await untilIdle(maxWaitMs, this.#stopped.signal)) !== 'stopped') await this.#run();
    } catch {
      // A collector that fails is as good as none: whoever asks lives on V8's own collections.
    } finally {
      this.#running = false;
    }
  }

  /** Collects in the call; false when one is under way or too dear now. */
  now(): boolean {
    if (this.#running || !this.#affordable()) return false;
    this.#running = true;
    this.#run()
      .catch(() => {})
      .finally(() => {
        this.#running = false;
      });
    return true;
  }

  stop(): void {
    this.#stopped.abort();
  }

  #affordable(): boolean {
    const expectedMs = this.#expectedMs ?? (v8.getHeapStatistics().used_heap_size / 2 ** 20) * MS_PER_MB;
    return this.#purse.affords(expectedMs, performance.now());
  }

  /**
   * Charges what stood in the way of JavaScript, whether V8 counts all of it as a pause or not. On a crowded machine
   * most of that may be other programs' doing: no more than the CPU time used is charged.
   */
  async #run(): Promise<void> {
    const begun = performance.now();
    const cpuBefore = this.#cpuMs();
    const pending = this.#collect({ kind: 'major', execution: 'once' });
    const cpuMs = this.#cpuMs() - cpuBefore;
    const stoodStillMs = performance.now() - begun;
    const { collected, pauseMs, shared } = await pending;
    // A collection that somebody else had started costs nothing more.
    if (!collected || shared) return;
    const costMs = Math.min(Math.max(pauseMs, stoodStillMs), cpuMs);
    this.#expectedMs = Math.max(costMs, this.#lastMs);
    this.#lastMs = costMs;
    this.#purse.spend(costMs);
  }
}

function cpuMsOfProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
