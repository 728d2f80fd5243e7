import { sizeOf } from '../../size';
import { NUMBER_EXPECTED, numberOf, shown } from '../number';
import { grown } from './order';

export const OPERATIONS = ['count', 'sum', 'min', 'max', 'mean', 'last', 'list'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** How a slot's content is written down, and read back. */
export type Saved = readonly unknown[];

/** The values of all slots of a table, for one operation. */
export interface Store {
  /** Bytes of the values themselves; 0 where each slot takes the same. */
  readonly bytes: number;
  /** Makes a value ready to be taken in. Throws a TypeError for what is none, before anything changes. */
  prepare(value: unknown): unknown;
  /** Takes a prepared value into a slot; `first` when the slot was free. */
  put(slot: number, value: unknown, first: boolean): void;
  get(slot: number): unknown;
  free(slot: number): void;
  grow(length: number): void;
  save(slot: number): Saved;
  /** False for what is nothing of this store. */
  restore(slot: number, saved: Saved): boolean;
}

export interface StoreOptions {
  operation: Operation;
  /** What count and sum begin with. */
  begin: number;
  /** Items of a list; the oldest goes. */
  listLength: number;
  /** Bytes that a value may take. */
  maxBytes: number;
}

export function storeFor(options: StoreOptions, length: number): Store {
  const { operation } = options;
  return operation === 'last' || operation === 'list'
    ? new ValueStore(options, length)
    : new NumberStore(operation, options.begin, length);
}

/** Numbers: count, sum, min, max and mean, in typed arrays. Sums are compensated (Neumaier 1974). */
class NumberStore implements Store {
  readonly bytes = 0;
  #value: Float64Array;
  /** What the sum has lost by rounding. */
  #lost: Float64Array | null;
  /** How many numbers, for the mean. */
  #numbers: Float64Array | null;

  constructor(
    private readonly operation: Exclude<Operation, 'last' | 'list'>,
    private readonly begin: number,
    length: number,
  ) {
    this.#value = new Float64Array(length);
    this.#lost = operation === 'sum' || operation === 'mean' ? new Float64Array(length) : null;
    this.#numbers = operation === 'mean' ? new Float64Array(length) : null;
  }

  prepare(value: unknown): number {
    if (this.operation === 'count') return 1;
    const number = numberOf(value);
    if (Number.isNaN(number)) throw new TypeError(`is ${shown(value)}, expected ${NUMBER_EXPECTED}`);
    return number;
  }

  put(slot: number, value: number, first: boolean): void {
    const had = this.#value[slot] as number;
    switch (this.operation) {
      case 'count':
        this.#value[slot] = (first ? this.begin : had) + 1;
        return;
      case 'min':
        this.#value[slot] = first ? value : Math.min(had, value);
        return;
      case 'max':
        this.#value[slot] = first ? value : Math.max(had, value);
        return;
      default:
        this.#add(slot, value, first);
    }
  }

  /** Null where a double cannot hold it. */
  get(slot: number): number | null {
    const value = this.#value[slot] as number;
    const sum = this.#lost ? value + (this.#lost[slot] as number) : value;
    const result = this.#numbers ? sum / (this.#numbers[slot] as number) : sum;
    return Number.isFinite(result) ? result : null;
  }

  free(_slot: number): void {}

  grow(length: number): void {
    this.#value = grown(this.#value, length);
    if (this.#lost) this.#lost = grown(this.#lost, length);
    if (this.#numbers) this.#numbers = grown(this.#numbers, length);
  }

  save(slot: number): Saved {
    return this.#arrays().map((array) => array[slot] as number);
  }

  restore(slot: number, saved: Saved): boolean {
    const arrays = this.#arrays();
    if (saved.length !== arrays.length || !saved.every(Number.isFinite)) return false;
    for (const [at, array] of arrays.entries()) array[slot] = saved[at] as number;
    return true;
  }

  #arrays(): Float64Array[] {
    return [this.#value, this.#lost, this.#numbers].filter((array) => array !== null);
  }

  #add(slot: number, value: number, first: boolean): void {
    const lost = this.#lost as Float64Array;
    const had = first ? (this.operation === 'sum' ? this.begin : 0) : (this.#value[slot] as number);
    if (first) lost[slot] = 0;
    const sum = had + value;
    lost[slot] =
      (lost[slot] as number) + (Math.abs(had) >= Math.abs(value) ? had - sum + value : value - sum + had);
    this.#value[slot] = sum;
    if (this.#numbers) this.#numbers[slot] = first ? 1 : (this.#numbers[slot] as number) + 1;
  }
}

interface Item {
  value: unknown;
  bytes: number;
}

/** Whole values, copied on their way in and out: last, and lists of the last ones. */
class ValueStore implements Store {
  bytes = 0;
  readonly #items: Item[][] = [];
  readonly #length: number;

  constructor(
    private readonly options: StoreOptions,
    _length: number,
  ) {
    this.#length = options.operation === 'last' ? 1 : options.listLength;
  }

  prepare(value: unknown): Item {
    const { bytes, offHeapBytes, truncated } = sizeOf(value);
    const size = bytes + offHeapBytes;
    const { maxBytes } = this.options;
    if (truncated || size > maxBytes)
      throw new TypeError(
        `takes ${truncated ? 'more than ' : ''}${size} bytes, expected at most ${maxBytes}`,
      );
    return { value: copyOf(value), bytes: size };
  }

  put(slot: number, item: Item, first: boolean): void {
    if (first) this.#items[slot] = [];
    const items = this.#items[slot] as Item[];
    if (items.length === this.#length) this.bytes -= (items.shift() as Item).bytes;
    items.push(item);
    this.bytes += item.bytes;
  }

  get(slot: number): unknown {
    const values = (this.#items[slot] as Item[]).map(({ value }) => copyOf(value));
    return this.options.operation === 'last' ? values[0] : values;
  }

  free(slot: number): void {
    for (const { bytes } of this.#items[slot] ?? []) this.bytes -= bytes;
    this.#items[slot] = [];
  }

  grow(_length: number): void {}

  save(slot: number): Saved {
    return (this.#items[slot] as Item[]).map(({ value }) => value);
  }

  restore(slot: number, saved: Saved): boolean {
    if (saved.length === 0) return false;
    this.#items[slot] = [];
    for (const value of saved.slice(-this.#length)) this.put(slot, this.prepare(value), false);
    return true;
  }
}

/** What flows on may be changed by the nodes behind; what is kept must not. */
export function copyOf(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`is ${shown(value)}, expected plain data`);
  if (typeof value !== 'object' || value === null) return value;
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  try {
    return structuredClone(value);
  } catch {
    throw new TypeError('holds a function or another thing that cannot be copied, expected plain data');
  }
}
