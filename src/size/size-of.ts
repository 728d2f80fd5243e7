import { LONGEST_READ, stringBytes } from './layout';
import { LONGEST_SHARED_TEXT } from './short-texts';
import { type Size, Walk } from './walk';

export interface SizeOptions {
  /** Values looked at before the walk stops and says `truncated`. Default 1,000,000, some 0.1 to 0.3 s. */
  maxWork?: number;
  /** Properties of the value itself that are left out. Default none. */
  except?: readonly string[];
}

const DEFAULT_MAX_WORK = 1_000_000;
export const CONNECTION: readonly string[] = ['req', 'res'];
const NOTHING: readonly string[] = [];

/**
 * The memory a value takes as V8 stores it, everything it holds included, each part once. Cycles are fine.
 *
 * Reads only: no getter is run, no proxy is triggered, nothing is added to what it looks at. Not visible from
 * JavaScript or too dear to look for, so not counted: the variables of closures, private `#fields`, properties
 * keyed by symbols, named properties of arrays, room left in arrays that grew by push, texts joined and not yet
 * flattened (32 bytes each), and the hash table behind an object of 20 to 128 computed keys.
 *
 * Never throws. The constants follow V8's object layout as measured (see `layout.ts`).
 */
export function sizeOf(value: unknown, options: SizeOptions = {}): Size {
  const { maxWork = DEFAULT_MAX_WORK, except = NOTHING } = options;
  // A text of its own needs no walk.
  if (typeof value === 'string' && value.length > LONGEST_SHARED_TEXT)
    return {
      bytes: stringBytes(value),
      offHeapBytes: 0,
      objects: 1,
      truncated: maxWork <= 1 || value.length > LONGEST_READ,
    };
  return new Walk(value, maxWork, except).measure();
}

/** A message without the connection it may carry (http in): through `res` a walk reaches the whole server. */
export function sizeOfMessage(msg: object, options: SizeOptions = {}): Size {
  return sizeOf(msg, { ...options, except: CONNECTION });
}
