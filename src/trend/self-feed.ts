import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import { GcWindow } from '../gc/observe';
import { headroomOf } from '../sample/headroom';
import { heapLimit } from '../sample/heap-limit';
import type { Sampler } from '../sample/sample';
import { selfSampler } from '../sample/self';
import type { Probe } from './probe';

export interface SelfFeedOptions {
  /** Told of live heap and memory outside the heap (bytes) at a time (ms since the epoch), and the limit (bytes). */
  onReading(time: number, bytes: number, limitBytes: number): void;
  /** Bytes. Default 0: the smaller of the heap limit and what container and system leave. */
  limitBytes?: number;
  /** Collects where V8 does not. Without one, readings come with V8's own collections alone. */
  probe?: Pick<Probe, 'ask'> | undefined;
}

const CHECK_EVERY_MS = 1000;
/** Growth since the last reading, garbage included, that makes another one worth its price: share of the limit. */
const WORTH_A_PROBE = 0.04;
/** The same while readings rise: then it matters to know soon. */
const WORTH_A_PROBE_RISING = 0.01;
/** A rise from one reading to the next by more than this is no noise: share of the limit. */
const RISE = 0.003;
const SHORTEST_GAP_MS = 1500;
/** While readings do not rise, each gap is longer than the last, up to this: a healthy gateway is left in peace. */
const LONGEST_GAP_MS = 15_000;
const GAP_GROWTH = 1.5;
/** Close to the limit V8 collects several times a second: more of the same moment says nothing more. */
const SHORTEST_NATURAL_GAP_MS = 1000;
const LONGEST_WAIT_UNDER_LOAD_MS = 400;
/** On a quiet process V8 may not collect for hours. */
const QUIET_MS = 10 * 60_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Feeds a leak detector with the memory of the process it runs in: one reading after each full collection, when
 * garbage is gone; Buffers are in it. V8 collects ever more rarely while memory grows, so the feed has collections
 * of its own made: when memory has grown by 4 % of the limit since the last reading, the sooner if readings rise, and
 * after ten quiet minutes.
 */
export class SelfFeed {
  readonly #options: SelfFeedOptions;
  readonly #collections: GcWindow;
  readonly #surroundings: Sampler = selfSampler({ observe: false });
  readonly #timer: NodeJS.Timeout | null = null;
  #readAt = performance.now() - SHORTEST_NATURAL_GAP_MS;
  #lastBytes: number;
  #rising = false;
  #gapMs = SHORTEST_GAP_MS;
  #limitBytes: number;

  constructor(options: SelfFeedOptions) {
    this.#options = options;
    this.#lastBytes = heldBytes();
    this.#limitBytes = this.#limit(this.#lastBytes);
    this.#collections = new GcWindow({ onCollections: (major) => major && this.#read() });
    if (options.probe) this.#timer = setInterval(() => this.#consider(), CHECK_EVERY_MS).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#collections.close();
    this.#surroundings.close();
  }

  #read(): void {
    if (performance.now() - this.#readAt < SHORTEST_NATURAL_GAP_MS) return;
    const bytes = heldBytes();
    this.#rising = bytes - this.#lastBytes > RISE * this.#limitBytes;
    this.#gapMs = this.#rising ? SHORTEST_GAP_MS : Math.min(LONGEST_GAP_MS, this.#gapMs * GAP_GROWTH);
    this.#lastBytes = bytes;
    this.#readAt = performance.now();
    this.#limitBytes = this.#limit(bytes);
    this.#options.onReading(Date.now(), bytes, this.#limitBytes);
  }

  /** Buffers do not count against the heap limit: once they have passed it, only the outer limits are left. */
  #limit(bytes: number): number {
    if (this.#options.limitBytes) return this.#options.limitBytes;
    const { container, system } = this.#surroundings.sample();
    const outside = headroomOf({ heap: null, container, system });
    const outer = outside ? bytes + outside.bytes : Number.POSITIVE_INFINITY;
    const inner = heapLimit() ?? Number.POSITIVE_INFINITY;
    return bytes < inner ? Math.min(inner, outer) : outer;
  }

  #consider(): void {
    const age = performance.now() - this.#readAt;
    if (age >= QUIET_MS) {
      void this.#options.probe?.ask(LONGEST_WAIT_MS);
    } else if (age >= this.#gapMs && heldBytes() - this.#lastBytes >= this.#worthAProbe()) {
      void this.#options.probe?.ask(LONGEST_WAIT_UNDER_LOAD_MS);
    }
  }

  #worthAProbe(): number {
    return (this.#rising ? WORTH_A_PROBE_RISING : WORTH_A_PROBE) * this.#limitBytes;
  }
}

function heldBytes(): number {
  const { used_heap_size, external_memory } = v8.getHeapStatistics();
  return used_heap_size + external_memory;
}
