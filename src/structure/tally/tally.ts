import { ownText } from '../key';
import { type Eviction, EvictionOrder } from './order';
import { copyOf, type Operation, type Saved, type Store, storeFor } from './stores';

export interface TallyOptions {
  operation: Operation;
  /** Keys kept: a whole number from 1. */
  capacity: number;
  /** What goes when the table is full. Default `lru`. */
  evict?: Eviction;
  /**
   * What a key that is not there has; count and sum begin with it. Default: 0 for count and sum, an empty list for
   * list, else null.
   */
  default?: unknown;
  /** Items of each list; the oldest goes. Default 100. */
  listLength?: number;
  /** Bytes that the values of last and list may take together; keys go until it is kept. Default 16 MB. */
  maxBytes?: number;
  /** Told of each key that had to go for another. */
  onEvict?: (entry: TallyEntry) => void;
}

export interface TallyEntry {
  key: string;
  value: unknown;
}

/** Key, uses as LFU counts them, content: the one that goes next first. */
export type SavedTally = [key: string, uses: number, content: Saved][];

const FIRST_SLOTS = 16;
const MB = 2 ** 20;

/**
 * A bounded table of values by key: each new value of a key is counted, summed, … into what it has. When the table is
 * full, a key goes for each new one, is counted and told. All steps O(1).
 */
export class Tally {
  /** Keys that had to go since the start. */
  evicted = 0;
  readonly options: Readonly<Required<TallyOptions>>;
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #free: number[] = [];
  readonly #order: EvictionOrder;
  readonly #store: Store;
  #length: number;

  constructor(options: TallyOptions) {
    const { operation, capacity } = options;
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new TypeError(`Tally: capacity is ${capacity}, expected a whole number from 1`);
    const natural = operation === 'list' ? [] : operation === 'count' || operation === 'sum' ? 0 : null;
    this.options = {
      evict: 'lru',
      listLength: 100,
      maxBytes: 16 * MB,
      onEvict: () => {},
      ...options,
      default: options.default === undefined ? natural : options.default,
    };
    const { default: begin } = this.options;
    if ((operation === 'count' || operation === 'sum') && !Number.isFinite(begin))
      throw new TypeError(`Tally: default is ${String(begin)}, expected a number for ${operation}`);
    this.#length = Math.min(capacity, FIRST_SLOTS);
    this.#order = new EvictionOrder(this.options.evict, this.#length);
    this.#store = storeFor({ ...this.options, begin: Number(begin) }, this.#length);
  }

  get size(): number {
    return this.#slots.size;
  }

  has(key: string): boolean {
    return this.#slots.has(key);
  }

  /** The value of a key; the default when it is not there. Asking is no use of the key. */
  get(key: string): unknown {
    const slot = this.#slots.get(key);
    return slot === undefined ? copyOf(this.options.default) : this.#store.get(slot);
  }

  /**
   * Takes in a value of a key.
   * @throws TypeError when it is nothing that the operation can take; its message begins with `is`, `takes` or `holds`
   */
  add(key: string, value?: unknown): void {
    const prepared = this.#store.prepare(value);
    const known = this.#slots.get(key);
    if (known !== undefined) {
      this.#store.put(known, prepared, false);
      this.#order.touch(known);
    } else {
      if (this.#slots.size >= this.options.capacity) this.#evictFirst();
      const slot = this.#take(key);
      this.#store.put(slot, prepared, true);
      this.#order.add(slot);
    }
    while (this.#store.bytes > this.options.maxBytes && this.#slots.size > 1) this.#evictFirst();
  }

  /** Forgets a key; true when it was known. */
  delete(key: string): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    this.#release(key, slot, false);
    return true;
  }

  clear(): void {
    for (const [key, slot] of this.#slots) this.#release(key, slot, false);
    this.#order.clear();
  }

  /** All entries, the one that goes next first. */
  *[Symbol.iterator](): IterableIterator<TallyEntry> {
    for (const slot of this.#order) yield { key: this.#keys[slot] as string, value: this.#store.get(slot) };
  }

  /** Entries by their value, the greatest first; those of equal value, and values that are no numbers, by key. */
  top(entries = Number.POSITIVE_INFINITY): TallyEntry[] {
    const rank = ({ value }: TallyEntry): number =>
      typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;
    return [...this].sort((a, b) => compare(rank(b), rank(a)) || compare(a.key, b.key)).slice(0, entries);
  }

  /** Keys and contents, to be restored later. Values of last and list are not copied. */
  save(): SavedTally {
    return [...this.#order].map((slot) => [
      this.#keys[slot] as string,
      this.#order.usesOf(slot),
      this.#store.save(slot),
    ]);
  }

  /**
   * Puts back what was saved by a tally of the same operation, as far as it fits: the ones that go next are left out.
   * Returns how many entries could not be read.
   */
  restore(saved: SavedTally): number {
    let unread = 0;
    const room = this.options.capacity - this.#slots.size;
    for (const [key, uses, content] of room > 0 ? saved.slice(-room) : []) {
      if (this.#slots.has(key)) continue;
      const slot = this.#take(key);
      if (this.#store.restore(slot, content)) {
        this.#order.add(slot, Math.max(1, uses));
      } else {
        this.#slots.delete(key);
        this.#keys[slot] = '';
        this.#free.push(slot);
        unread += 1;
      }
    }
    this.#order.settle();
    return unread;
  }

  /** A free slot, named by the key. */
  #take(key: string): number {
    const slot = this.#free.pop() ?? this.#slots.size;
    if (slot >= this.#length) {
      this.#length = Math.min(this.options.capacity, 2 * this.#length);
      this.#order.grow(this.#length);
      this.#store.grow(this.#length);
    }
    const own = ownText(key);
    this.#slots.set(own, slot);
    this.#keys[slot] = own;
    return slot;
  }

  #evictFirst(): void {
    const slot = this.#order.first as number;
    const key = this.#keys[slot] as string;
    const value = this.#store.get(slot);
    this.#release(key, slot, true);
    this.evicted += 1;
    this.options.onEvict({ key, value });
  }

  #release(key: string, slot: number, evicted: boolean): void {
    this.#slots.delete(key);
    this.#order.remove(slot, evicted);
    this.#store.free(slot);
    this.#keys[slot] = '';
    this.#free.push(slot);
  }
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
