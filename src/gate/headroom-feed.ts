import { performance } from 'node:perf_hooks';
import { headroomOf } from '../sample/headroom';
import type { Sampler } from '../sample/sample';
import { selfSampler } from '../sample/self';
import type { Probe } from '../trend/probe';
import { HeldHeap } from './held-heap';

export interface HeadroomFeedOptions {
  /** Told of the headroom of this process in percent of the nearest limit, null when unknown. True: it is low. */
  onHeadroom(percent: number | null): boolean;
  /** Below this a reading is confirmed by a collection, where one can be paid, before it is told. Default 0: never. */
  closeBelowPercent?: number;
  /** Tells garbage from what stays, and finds out whether memory came free while V8 has no reason to collect. */
  probe?: Pick<Probe, 'ask' | 'now'> | undefined;
  sampler?: Sampler;
  heap?: Pick<HeldHeap, 'bytes' | 'collected' | 'close'>;
}

const EVERY_MS = 1000;
/** A fast leak fills what is left within a second: with messages coming in, it is looked at more often. */
const SHORTEST_GAP_MS = 50;
const PROBE_EVERY_MS = 10_000;
const LONGEST_WAIT_MS = 2000;

/**
 * Reads the headroom of this process once a second, and more often while messages come in. The heap counts with
 * what it may turn out to hold (`HeldHeap`): what a sample says is as old as the last full collection.
 */
export class HeadroomFeed {
  readonly #options: HeadroomFeedOptions;
  readonly #sampler: Sampler;
  readonly #heap: Pick<HeldHeap, 'bytes' | 'collected' | 'close'>;
  readonly #timer: NodeJS.Timeout;
  #readAt = Number.NEGATIVE_INFINITY;
  #probedAt = Number.NEGATIVE_INFINITY;
  #low = false;

  constructor(options: HeadroomFeedOptions) {
    this.#options = options;
    this.#sampler = options.sampler ?? selfSampler({ observe: false });
    this.#heap = options.heap ?? new HeldHeap();
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
    this.#heap.close();
  }

  #read(now: number): void {
    this.#readAt = now;
    const { closeBelowPercent = 0, probe, onHeadroom } = this.#options;
    let percent = this.#percent();
    const wouldClose = !this.#low && percent !== null && percent < closeBelowPercent;
    if (wouldClose && probe?.now()) {
      this.#heap.collected();
      percent = this.#percent();
    }
    this.#low = onHeadroom(percent);
    if (!this.#low || now - this.#probedAt < PROBE_EVERY_MS) return;
    this.#probedAt = now;
    void probe?.ask(LONGEST_WAIT_MS);
  }

  #percent(): number | null {
    const { heapLimit, container, system } = this.#sampler.sample();
    const heap = heapLimit === null ? null : { limit: heapLimit, live: this.#heap.bytes };
    return headroomOf({ heap, container, system })?.percent ?? null;
  }
}
