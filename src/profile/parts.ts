import { types } from 'node:util';
import { entriesOfMap, sizeOfMap, sizeOfSet, valuesOfSet } from '../size/intrinsics';
import { arrayBytes, BACKING_STORE, mapBytes, objectBytes, setBytes, VIEW, WORD } from '../size/layout';

/** Bytes on V8's heap, and of Buffers outside it. */
export interface Bytes {
  heap: number;
  external: number;
}

/** Takes a part of a thing, and how many parts like it this one stands for. */
export type Meet = (part: unknown, times: number) => void;

/** Parts looked at of anything that has more, unless told. */
const MOST_PARTS = 32;
/** Functions and timers looked at of many in one list: each is dear. */
const MOST_DEAR_PARTS = 10;
/** Node.js hands out small Buffers from pools of this size. */
const POOL_BYTES = Buffer.poolSize;

/** Names under which nodes and functions reach what is not theirs. */
export const NOT_THEIRS: ReadonlySet<PropertyKey> = new Set([
  ...['RED', 'require', 'module', 'exports', 'process', 'global', 'globalThis', 'console'],
  ...['_flow', '_context', '_module', '_config', 'wires', 'credentials'],
]);
/** What Node-RED puts into the realm of each function node, and the message it worked on last. */
const OF_THE_REALM: ReadonlySet<PropertyKey> = new Set([
  ...[
    'console',
    'util',
    'Buffer',
    'URL',
    'URLSearchParams',
    'Date',
    'RED',
    'context',
    'flow',
    'global',
    'env',
  ],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'promisify', 'results', 'msg'],
  ...['__node__', '__send__', '__done__', '__initSend__'],
]);

/**
 * Hands on the parts of an object, a sample of them where they are many, and returns what it takes without them.
 * Runs no getter. Functions have no parts here. `most`: so many of the items of a collection.
 */
export function partsOf(value: object, meet: Meet, most = MOST_PARTS): Bytes {
  if (ArrayBuffer.isView(value)) return view(value, meet);
  if (types.isAnyArrayBuffer(value)) return { heap: 0, external: BACKING_STORE + value.byteLength };
  if (Array.isArray(value)) return array(value, meet, most);
  if (types.isMap(value)) return map(value, meet, most);
  if (types.isSet(value)) return set(value, meet, most);
  if (isTimer(value)) return timer(value, meet);
  return properties(value, meet);
}

/** The values of an object's own properties, without those that are not its own affair. */
export function valuesOf(value: object): unknown[] {
  return Reflect.ownKeys(value)
    .filter((name) => !NOT_THEIRS.has(name))
    .map((name) => ownValue(value, name));
}

export function ownValue(value: object, name: PropertyKey): unknown {
  // Node.js 20 formats an Error's stack when its descriptor is asked for.
  if (name === 'stack' && types.isNativeError(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function view({ buffer, byteLength }: ArrayBufferView, meet: Meet): Bytes {
  if (buffer.byteLength === POOL_BYTES && byteLength < POOL_BYTES / 2)
    return { heap: VIEW, external: byteLength };
  meet(buffer, 1);
  return { heap: VIEW, external: 0 };
}

function array(value: readonly unknown[], meet: Meet, most: number): Bytes {
  const { length } = value;
  const places = spread(length, isDear(ownValue(value, '0')) ? Math.min(MOST_DEAR_PARTS, most) : most);
  for (const place of places) meet(ownValue(value, String(place)), length / places.length);
  return { heap: arrayBytes(length, WORD), external: 0 };
}

function map(value: Map<unknown, unknown>, meet: Meet, most: number): Bytes {
  const size = sizeOfMap(value);
  everyNth(entriesOfMap(value), size, most, (entry, times) => {
    for (const part of entry) meet(part, times);
  });
  return { heap: mapBytes(size), external: 0 };
}

function set(value: Set<unknown>, meet: Meet, most: number): Bytes {
  const size = sizeOfSet(value);
  everyNth(valuesOfSet(value), size, most, meet);
  return { heap: setBytes(size), external: 0 };
}

/** Node.js links all timers of one duration to one another: only what this one will do is its own. */
function timer(value: object, meet: Meet): Bytes {
  for (const name of ['_onTimeout', '_timerArgs', '_onImmediate', '_argv']) meet(ownValue(value, name), 1);
  return { heap: objectBytes(12), external: 0 };
}

function properties(value: object, meet: Meet): Bytes {
  const names = Reflect.ownKeys(value);
  const foreign = Object.hasOwn(value, '__node__') ? OF_THE_REALM : NOT_THEIRS;
  const places = spread(names.length, MOST_PARTS);
  for (const place of places) {
    const name = names[place] as PropertyKey;
    if (!foreign.has(name)) meet(ownValue(value, name), names.length / places.length);
  }
  return { heap: objectBytes(names.length), external: 0 };
}

function isDear(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null && isTimer(value));
}

function isTimer(value: object): boolean {
  return Object.hasOwn(value, '_idleNext') || Object.hasOwn(value, '_onImmediate');
}

/** All places of something small, evenly spread ones of something big. */
function spread(count: number, most: number): number[] {
  const places = count <= most * 1.5 ? count : most;
  return Array.from({ length: places }, (_, i) => Math.floor(((i + 0.5) * count) / places));
}

function everyNth<T>(
  items: Iterable<T>,
  size: number,
  most: number,
  take: (item: T, times: number) => void,
): void {
  const step = size <= most * 1.5 ? 1 : Math.floor(size / most);
  const taken = Math.ceil(size / step);
  let at = 0;
  for (const item of items) {
    if (at % step === 0) take(item, size / taken);
    at += 1;
  }
}
