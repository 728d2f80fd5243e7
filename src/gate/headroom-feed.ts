import { performance } from 'node:perf_hooks';
import type { Sampler } from '../sample/sample';
import { selfSampler } from '../sample/self';
import type { Probe } from '../trend/probe';

export interface HeadroomFeedOptions {
  /** Told of the headroom of this process in percent of the nearest limit, null when unknown. True: it is low. */
  onHeadroom(percent: number | null): boolean;
  /** Finds out whether memory came free while headroom is low and V8 has no reason to collect. */
  probe?: Pick<Probe, 'ask'> | undefined;
  sampler?: Sampler;
}

const EVERY_MS = 1000;
/** A fast leak fills what is left within a second: with messages coming in, it is looked at more often. */
const SHORTEST_GAP_MS = 50;
const PROBE_EVERY_MS = 10_000;
const LONGEST_WAIT_MS = 2000;

/** Reads the headroom of this process once a second, and more often while messages come in. */
export class HeadroomFeed {
  readonly #options: HeadroomFeedOptions;
  readonly #sampler: Sampler;
  readonly #timer: NodeJS.Timeout;
  #readAt = Number.NEGATIVE_INFINITY;
  #probedAt = Number.NEGATIVE_INFINITY;

  constructor(options: HeadroomFeedOptions) {
    this.#options = options;
    this.#sampler = options.sampler ?? selfSampler();
    this.#timer = setInterval(() => this.#read(performance.now()), EVERY_MS).unref();
  }

  /** A message came in: a cheap look at the clock, and a reading where the last one is old. */
  touch(): void {
    const now = performance.now();
    if (now - this.#readAt >= SHORTEST_GAP_MS) this.#read(now);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sampler.close();
  }

  #read(now: number): void {
    this.#readAt = now;
    const low = this.#options.onHeadroom(this.#sampler.sample().headroom?.percent ?? null);
    if (!low || now - this.#probedAt < PROBE_EVERY_MS) return;
    this.#probedAt = now;
    void this.#options.probe?.ask(LONGEST_WAIT_MS);
  }
}
