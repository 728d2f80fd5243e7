import { types } from 'node:util';
import { entriesOfMap, sizeOfMap, sizeOfSet, valuesOfSet } from './intrinsics';
import { arrayBytes, mapBytes, objectBytes, setBytes, WORD } from './layout';
import { CONNECTION, type SizeOptions } from './size-of';
import { Walk } from './walk';

/** A size that may be a guess. */
export interface Estimate {
  bytes: number;
  offHeapBytes: number;
  /** Buffers that `offHeapBytes` lie in. */
  buffers: number;
  /** True when only a part was looked at, and the rest is taken to be like it. */
  sampled: boolean;
}

export interface EstimateOptions extends Pick<SizeOptions, 'except'> {
  /** Values looked at before the rest is guessed. Default 30,000, some 5 to 10 ms. */
  work?: number;
}

/** A message without the connection it may carry. */
export function estimateMessage(msg: object, work?: number): Estimate {
  return estimateSize(msg, { except: CONNECTION, ...(work !== undefined && { work }) });
}

/** Parts looked at of one that is too big, evenly spread; fewer of parts within parts. */
const PARTS = [100, 30, 10];
/** Values looked at in one part before it is sampled itself. */
const SMALLEST_SHARE = 100;
/** Parts within parts: lists linked deeper than this are not followed. */
const DEEPEST = 6;
/** V8 keeps longer ones that were not filled from the start as hash tables. */
const LONGEST_PLAIN_ARRAY = 2 ** 25;
/** Entries of a Map or Set passed over in search of parts evenly spread. */
const MOST_PASSED = 200_000;

/**
 * The memory of a value of any size in bounded time: walked whole up to `work` values, beyond that from a sample of
 * its parts, which looks at twice as many. Reads as `sizeOf` does: no getter is run, no proxy triggered. Never throws.
 */
export function estimateSize(value: unknown, { work = 30_000, except = [] }: EstimateOptions = {}): Estimate {
  const walk = new Walk(value, work, except);
  const { bytes, offHeapBytes, truncated } = walk.measure();
  const { buffers } = walk;
  if (!truncated || typeof value !== 'object' || value === null) {
    return { bytes, offHeapBytes, buffers, sampled: truncated };
  }
  const guess = new Sample(value, 2 * work, except).guess(value, 2 * work, 0);
  return {
    bytes: Math.max(bytes, Math.round(guess.bytes)),
    offHeapBytes: Math.max(offHeapBytes, Math.round(guess.offHeapBytes)),
    buffers: Math.max(buffers, Math.round(guess.buffers)),
    sampled: true,
  };
}

type Bytes = Omit<Estimate, 'sampled'>;

/** Guesses a value by its parts; what was met in one part counts nothing in the next. */
class Sample {
  readonly #walk: Walk;
  #left: number;

  constructor(
    value: object,
    work: number,
    private readonly except: readonly string[],
  ) {
    this.#walk = new Walk(value, work, []);
    this.#left = work;
  }

  guess(value: object, work: number, depth: number): Bytes {
    const { shell, count, parts } = partsOf(
      value,
      PARTS[depth] ?? (PARTS.at(-1) as number),
      depth === 0 ? this.except : [],
    );
    const share = Math.max(SMALLEST_SHARE, Math.floor(work / Math.max(1, 2 * parts.length)));
    const met = new Map<unknown, number>();
    const sum = { bytes: 0, offHeapBytes: 0, buffers: 0 };
    let looked = 0;
    for (const part of parts) {
      if (this.#left <= 0 && looked > 0) break;
      looked += 1;
      const times = met.get(part) ?? 0;
      if (isObject(part)) met.set(part, times + 1);
      if (times > 0) continue;
      const size = this.#part(part, share, depth);
      sum.bytes += size.bytes;
      sum.offHeapBytes += size.offHeapBytes;
      sum.buffers += size.buffers;
    }
    const times = looked === 0 ? 0 : scale(count, looked, [...met.values()]);
    return {
      bytes: shell + sum.bytes * times,
      offHeapBytes: sum.offHeapBytes * times,
      buffers: sum.buffers * times,
    };
  }

  #part(part: unknown, share: number, depth: number): Bytes {
    const size = this.#walk.part(part, share);
    this.#left -= size.work;
    if (!size.truncated || !isObject(part) || depth >= DEEPEST) return size;
    const guess = this.guess(part, share, depth + 1);
    return {
      bytes: Math.max(size.bytes, guess.bytes),
      offHeapBytes: Math.max(size.offHeapBytes, guess.offHeapBytes),
      buffers: Math.max(size.buffers, guess.buffers),
    };
  }
}

/**
 * By how much the different parts of a sample stand for those of the whole. Where the same part came up again, there
 * are fewer different ones than places (Chao's estimate from those met once and twice).
 */
function scale(count: number, sampled: number, times: readonly number[]): number {
  const repeated = times.some((each) => each > 1);
  if (!repeated) return count / sampled;
  const once = times.filter((each) => each === 1).length;
  const twice = times.filter((each) => each === 2).length;
  const different = times.length + (once * (once - 1)) / (2 * (twice + 1));
  return Math.min(count / times.length, different / times.length);
}

interface Parts {
  /** Bytes of the object without its parts. */
  shell: number;
  /** How many parts it has. */
  count: number;
  /** Some of them, evenly spread. */
  parts: unknown[];
}

function partsOf(value: object, most: number, except: readonly string[]): Parts {
  if (types.isProxy(value)) return { shell: 0, count: 0, parts: [] };
  if (Array.isArray(value)) {
    const { length } = value;
    const places = spread(length, most);
    const parts = places.filter((at) => Object.hasOwn(value, at)).map((at) => ownValue(value, String(at)));
    // A very long array may be almost all holes, which take no memory.
    const filled = length > LONGEST_PLAIN_ARRAY ? (length * parts.length) / places.length : length;
    const shell = arrayBytes(filled, WORD);
    // V8 keeps an array of numbers unboxed: they take no more than their places.
    if (parts.every((part) => typeof part === 'number')) return { shell, count: 0, parts: [] };
    return { shell, count: (length * parts.length) / (places.length || 1), parts };
  }
  if (types.isMap(value)) {
    const size = sizeOfMap(value);
    const parts = everyNth(entriesOfMap(value), size, most).flat();
    return { shell: mapBytes(size), count: 2 * size, parts };
  }
  if (types.isSet(value)) {
    const size = sizeOfSet(value);
    return { shell: setBytes(size), count: size, parts: everyNth(valuesOfSet(value), size, most) };
  }
  const names = Object.getOwnPropertyNames(value).filter((name) => !except.includes(name));
  const parts = spread(names.length, most).map((at) => ownValue(value, names[at] as string));
  return { shell: objectBytes(names.length), count: names.length, parts };
}

function ownValue(value: object, name: string): unknown {
  if (name === 'stack' && types.isNativeError(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** At most that many places from 0 up to `count`, each in the middle of its stretch, in an order that jumps about. */
function spread(count: number, most: number): number[] {
  const places = Math.min(most, count);
  const stride = places % 37 === 0 ? 1 : 37;
  return Array.from({ length: places }, (_, i) =>
    Math.floor((((i * stride) % places) + 0.5) * (count / places)),
  );
}

function everyNth<T>(items: Iterable<T>, count: number, most: number): T[] {
  const step = Math.max(1, Math.floor(Math.min(count, MOST_PASSED) / most));
  const picked: T[] = [];
  let at = 0;
  for (const item of items) {
    if (at % step === step >> 1) picked.push(item);
    at += 1;
    if (picked.length >= most) break;
  }
  return picked;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
