import type { Place, Uncounted } from '../contexts';
import { Slices } from '../contexts/slices';
import { Stores } from '../contexts/stores';
import { estimateSize } from '../size';

/** What one key of a context takes. */
export interface ContextKey {
  key: string;
  store: string;
  /** Bytes of the value as it lies in memory; one on disk only takes them while it is read. */
  bytes: number;
  /** Bytes more than at the last census, a key that is new with all it has; null at the first. */
  addedBytes: number | null;
  /** The value is too big to look at whole: `bytes` is a guess from a sample of its parts. */
  sampled: boolean;
}

/** One context: its keys that take most, and the sum of all. */
export interface ContextSize {
  scope: Place['scope'];
  id: string;
  name: string;
  bytes: number;
  addedBytes: number | null;
  /** The share of `bytes` that lies in Buffers, outside V8's heap, and how many these are. */
  offHeapBytes: number;
  buffers: number;
  /** How many keys it has. */
  keyCount: number;
  keys: ContextKey[];
}

export interface ContextCensus {
  contexts: ContextSize[];
  /** Those beyond `top` too, with the heaviest of their keys. */
  all: ContextSize[];
  totalBytes: number;
  uncounted: Uncounted[];
}

export interface ContextOptions {
  /** Most contexts, and most keys of each, in the answer. */
  top: number;
  /** Time the counting itself may take, in ms; waiting for stores not included. Default 5000. */
  budgetMs?: number;
  /** How long a store may take to answer one question, in ms. Default 2000. */
  answerMs?: number;
  /** Compare with the census before, and keep figures for the next. Default true. */
  compare?: boolean;
  signal?: AbortSignal;
}

/** Keys remembered for the next census; those of a context that makes new keys all the time must not pile up here. */
const MOST_REMEMBERED = 20_000;
const DEFAULT_BUDGET_MS = 5_000;
const DEFAULT_ANSWER_MS = 2_000;

/**
 * Counts what contexts take, census after census. Never makes a context and never runs code of a value: it asks each
 * store for the keys and values it has, and looks at them as `estimateSize` does. A store that does not answer is
 * left out of the rest of the census, and said.
 */
export class ContextCounter {
  #last: Figures | null = null;

  async count(
    places: readonly Place[],
    stores: readonly string[],
    options: ContextOptions,
  ): Promise<ContextCensus> {
    const { top, compare = true, signal } = options;
    const round = new Round(compare ? this.#last : null, options);
    const contexts: ContextSize[] = [];
    for (const place of places) {
      const size = await round.count(place, stores);
      if (signal?.aborted) break;
      if (size.keyCount > 0) contexts.push(size);
    }
    if (compare && !signal?.aborted) this.#last = round.figures;
    contexts.sort((a, b) => b.bytes - a.bytes);
    const totalBytes = contexts.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      contexts: contexts.slice(0, top),
      all: contexts,
      totalBytes,
      uncounted: round.stores.uncounted(),
    };
  }
}

/** Bytes by context and by key, for the next census. */
class Figures {
  readonly #contexts = new Map<string, number>();
  readonly #keys = new Map<string, number>();

  /** Bytes more than `last` knows; null where it could not remember. */
  put(place: readonly string[], bytes: number, last: Figures | null): number | null {
    const name = JSON.stringify(place);
    if (place.length === 2) {
      this.#contexts.set(name, bytes);
      return last ? bytes - (last.#contexts.get(name) ?? 0) : null;
    }
    if (this.#keys.size < MOST_REMEMBERED) this.#keys.set(name, bytes);
    if (!last) return null;
    const before = last.#keys.get(name) ?? (last.#keys.size < MOST_REMEMBERED ? 0 : null);
    return before === null ? null : bytes - before;
  }
}

/** One census. */
class Round {
  readonly figures = new Figures();
  readonly stores: Stores;
  readonly #clock = new Slices();
  readonly #budgetMs: number;

  constructor(
    private readonly last: Figures | null,
    private readonly options: ContextOptions,
  ) {
    this.stores = new Stores(options.answerMs ?? DEFAULT_ANSWER_MS, options.signal);
    this.#budgetMs = options.budgetMs ?? DEFAULT_BUDGET_MS;
  }

  async count(place: Place, stores: readonly string[]): Promise<ContextSize> {
    const { scope, id, name } = place;
    const size: ContextSize = {
      scope,
      id,
      name,
      bytes: 0,
      addedBytes: null,
      offHeapBytes: 0,
      buffers: 0,
      keyCount: 0,
      keys: [],
    };
    for (const store of stores) {
      const keys = await this.stores.keys(place.context, store);
      for (const [at, key] of keys.entries()) {
        await this.#clock.yield();
        if (this.options.signal?.aborted) return size;
        if (this.#clock.workedMs >= this.#budgetMs) {
          this.stores.miss(store, `the ${this.#budgetMs} ms of this census were used up`, keys.length - at);
          break;
        }
        await this.#countKey(place, store, key, size);
      }
    }
    size.addedBytes = size.keyCount > 0 ? this.figures.put([scope, id], size.bytes, this.last) : null;
    size.keys = heaviest(size.keys, this.options.top);
    return size;
  }

  async #countKey(
    { scope, id, context }: Place,
    store: string,
    key: string,
    size: ContextSize,
  ): Promise<void> {
    const answer = await this.stores.value(context, store, key);
    if (answer === null) return;
    const { bytes, offHeapBytes, buffers, sampled } = this.#clock.run(() => estimateSize(answer.value));
    const addedBytes = this.figures.put([scope, id, store, key], bytes, this.last);
    size.keyCount += 1;
    size.bytes += bytes;
    size.offHeapBytes += offHeapBytes;
    size.buffers += buffers;
    size.keys.push({ key, store, bytes, addedBytes, sampled });
    const { top } = this.options;
    if (size.keys.length > 4 * top + 100) size.keys = heaviest(size.keys, top);
  }
}

function heaviest(keys: ContextKey[], top: number): ContextKey[] {
  return keys.sort((a, b) => b.bytes - a.bytes || (b.addedBytes ?? 0) - (a.addedBytes ?? 0)).slice(0, top);
}
