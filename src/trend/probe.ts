import { performance } from 'node:perf_hooks';
import { Allowance } from '../gc/allowance';
import { untilIdle } from '../gc/idle';
import { type Collection, type CollectOptions, collect as collectNow } from '../gc/trigger';

const SHARE_OF_TIME = 0.009;
/** For the first collections. */
const CREDIT_MS = 50;
/** What quiet times save up, for a leak that begins after them: a minute's worth. */
const MOST_SAVED_MS = 540;

export type Collect = (options: CollectOptions) => Promise<Collection>;

/**
 * Asks for full collections to learn what is live, and spends at most 1 % of the time on them. What a collection
 * finds is heard from the observer of collections, as with any other.
 */
export class Probe {
  readonly #allowance = new Allowance(SHARE_OF_TIME, MOST_SAVED_MS, performance.now(), CREDIT_MS);
  readonly #stopped = new AbortController();
  readonly #collect: Collect;
  readonly #cpuMs: () => number;
  #running = false;
  /** Of the last collection; the first one tells what they cost here. */
  #costMs = 0;

  constructor(collect: Collect = collectNow, cpuMs: () => number = cpuMsOfProcess) {
    this.#collect = collect;
    this.#cpuMs = cpuMs;
  }

  /** Percent of all time spent in collections asked for here. */
  get percent(): number {
    return this.#allowance.percent(performance.now());
  }

  /** Collects at the next idle moment, after `maxWaitMs` in any case, unless one is under way or too dear now. */
  async ask(maxWaitMs: number): Promise<void> {
    if (this.#running || !this.#allowance.affords(this.#costMs, performance.now())) return;
    this.#running = true;
    try {
      if ((await untilIdle(maxWaitMs, this.#stopped.signal)) !== 'stopped') await this.#run();
    } catch {
      // A collector that fails is as good as none: whoever asks lives on V8's own collections.
    } finally {
      this.#running = false;
    }
  }

  /** On a crowded machine most of a pause may be other programs' doing: no more than the CPU time used is charged. */
  async #run(): Promise<void> {
    const before = this.#cpuMs();
    const pending = this.#collect({ kind: 'major', execution: 'sync' });
    const cpuMs = this.#cpuMs() - before;
    const { collected, pauseMs, shared } = await pending;
    // A collection that somebody else had started costs nothing more.
    if (!collected || shared) return;
    this.#costMs = Math.min(pauseMs, cpuMs);
    this.#allowance.spend(this.#costMs);
  }

  stop(): void {
    this.#stopped.abort();
  }
}

function cpuMsOfProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
