import { types } from 'node:util';
import {
  bufferOfDataView,
  bufferOfTypedArray,
  entriesOfMap,
  getterAt,
  lengthOfArrayBuffer,
  lengthOfSharedBuffer,
  lengthOfTypedArray,
  sizeOfMap,
  sizeOfSet,
  valuesOfSet,
} from './intrinsics';
import {
  ACCESSOR,
  ARRAY_BUFFER,
  alignToWord,
  arrayBytes,
  BACKING_STORE,
  BOXED_NUMBER,
  bigintBytes,
  CLOSURE,
  DATE,
  isInline,
  mapBytes,
  objectBytes,
  PROXY,
  REGEXP,
  SYMBOL,
  setBytes,
  stringBytes,
  VIEW,
  WORD,
} from './layout';
import { isNewShortText, LONGEST_SHARED_TEXT, nextWalk } from './short-texts';

/** What a value and everything it holds takes in memory. */
export interface Size {
  /** Bytes in all, on V8's heap and off it. */
  bytes: number;
  /** The share of `bytes` that lies outside V8's heap: the data of Buffers and typed arrays. */
  offHeapBytes: number;
  /** Objects, arrays, buffers, functions and texts counted, each once however often it is held. */
  objects: number;
  /** True when the walk stopped at `maxWork`: the value takes more than `bytes`. */
  truncated: boolean;
}

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
const { isProxy } = types;
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;

/** One walk over one value, with an own stack: a list of a million links must not overflow the call stack. */
export class Walk {
  private bytes = 0;
  private offHeapBytes = 0;
  private objects = 0;
  private work = 0;
  private readonly pending: object[] = [];
  /** Made with the second object: most values are flat and need no set. */
  private seen: Set<unknown> | null = null;
  private readonly id = nextWalk();

  constructor(
    private readonly root: unknown,
    private readonly maxWork: number,
    private readonly except: readonly string[],
  ) {}

  measure(): Size {
    const { root, pending } = this;
    if (isObject(root)) pending.push(root);
    else this.visit(root);
    let next = pending.pop();
    while (next !== undefined && this.work < this.maxWork) {
      this.enter(next);
      next = pending.pop();
    }
    const { bytes, offHeapBytes, objects } = this;
    return { bytes, offHeapBytes, objects, truncated: next !== undefined || this.work >= this.maxWork };
  }

  private visit(value: unknown): void {
    this.work += 1;
    switch (typeof value) {
      case 'object':
        if (value !== null) this.remember(value);
        break;
      case 'string':
        this.text(value);
        break;
      case 'number':
        if (!isInline(value)) this.bytes += BOXED_NUMBER;
        break;
      case 'function':
        this.remember(value);
        break;
      case 'bigint':
        this.add(bigintBytes(value));
        break;
      case 'symbol':
        this.add(SYMBOL);
        break;
    }
  }

  private remember(value: object): void {
    this.seen ??= new Set([this.root]);
    const before = this.seen.size;
    this.seen.add(value);
    if (this.seen.size !== before) this.pending.push(value);
  }

  private text(text: string): void {
    if (text.length <= LONGEST_SHARED_TEXT && !isNewShortText(text, this.id)) return;
    this.add(stringBytes(text));
  }

  private add(bytes: number): void {
    this.bytes += bytes;
    this.objects += 1;
  }

  private enter(value: object): void {
    if (isProxy(value)) {
      this.add(PROXY);
    } else if (Array.isArray(value)) {
      this.array(value);
    } else if (typeof value === 'function') {
      this.add(CLOSURE);
    } else if (isPlain(value)) {
      this.properties(value, 0);
    } else {
      this.special(value);
    }
  }

  /** Neither an array nor a plain object: the built-in part counts beside the properties of its own. */
  private special(value: object): void {
    if (ArrayBuffer.isView(value)) {
      this.view(value);
    } else if (types.isAnyArrayBuffer(value)) {
      this.add(ARRAY_BUFFER);
      this.offHeap(BACKING_STORE + bufferLength(value));
    } else if (types.isMap(value)) {
      this.map(value);
    } else if (types.isSet(value)) {
      this.set(value);
    } else if (types.isDate(value)) {
      this.properties(value, DATE);
    } else if (types.isRegExp(value)) {
      this.properties(value, REGEXP);
    } else {
      this.properties(value, 0);
    }
  }

  private map(map: Map<unknown, unknown>): void {
    for (const [key, item] of entriesOfMap(map)) {
      this.visit(key);
      this.visit(item);
      if (this.work >= this.maxWork) break;
    }
    this.properties(map, mapBytes(sizeOfMap(map)));
  }

  private set(set: Set<unknown>): void {
    for (const item of valuesOfSet(set)) {
      this.visit(item);
      if (this.work >= this.maxWork) break;
    }
    this.properties(set, setBytes(sizeOfSet(set)));
  }

  private properties(value: object, builtInBytes: number): void {
    const names = getOwnPropertyNames(value);
    this.add(builtInBytes === 0 ? objectBytes(names.length) : builtInBytes + names.length * WORD);
    const except = value === this.root && this.except.length > 0 ? this.except : null;
    for (let i = 0; i < names.length; i += 1) {
      if (this.work >= this.maxWork) return;
      const name = names[i] as string;
      if (!except?.includes(name)) this.property(value, name);
    }
  }

  private property(value: object, key: string): void {
    // Node.js 20 formats an Error's stack when its descriptor is asked for, by code that anybody may replace.
    if (key === 'stack' && types.isNativeError(value)) return;
    const descriptor = getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined) return;
    if (descriptor.get === undefined && descriptor.set === undefined) {
      this.visit(descriptor.value);
    } else {
      this.add(ACCESSOR);
      this.visit(descriptor.get);
      this.visit(descriptor.set);
    }
  }

  /** V8 keeps an array of numbers unboxed as soon as one of them is a double. */
  private array(array: unknown[]): void {
    const { length } = array;
    let boxed = 0;
    let others = 0;
    let index = 0;
    const readable = isReadable(array);
    for (; index < length && this.work < this.maxWork; index += 1) {
      const value = readable && getterAt(array, index) === undefined ? array[index] : undefined;
      if (typeof value !== 'number') {
        others += 1;
        this.visit(value);
      } else {
        this.work += 1;
        if (!isInline(value)) boxed += 1;
      }
    }
    const unboxed = others === 0 && boxed > 0;
    if (!unboxed) this.bytes += boxed * BOXED_NUMBER;
    this.add(arrayBytes(index, unboxed ? 8 : WORD));
  }

  /** Views of one ArrayBuffer share its bytes. Small Buffers share Node's pool, of which each takes its part. */
  private view(view: ArrayBufferView): void {
    this.add(VIEW);
    if (types.isDataView(view)) {
      this.remember(bufferOfDataView(view));
      return;
    }
    const buffer = bufferOfTypedArray(view);
    const length = lengthOfTypedArray(view);
    if (
      getPrototypeOf(view) === Buffer.prototype &&
      length < Buffer.poolSize >>> 1 &&
      bufferLength(buffer) === Buffer.poolSize
    ) {
      this.offHeap(alignToWord(length));
    } else {
      this.remember(buffer);
    }
  }

  private offHeap(bytes: number): void {
    this.bytes += bytes;
    this.offHeapBytes += bytes;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** An object whose prototype is the end of its chain: a literal of any realm, or one without prototype. */
function isPlain(value: object): boolean {
  const prototype = getPrototypeOf(value);
  if (prototype === objectPrototype || prototype === null) return true;
  return !isProxy(prototype) && getPrototypeOf(prototype) === null;
}

/** Reading an array's hole looks along its prototypes, where a proxy would be triggered. */
function isReadable(array: unknown[]): boolean {
  let prototype = getPrototypeOf(array);
  if (prototype === arrayPrototype) return true;
  while (prototype !== null) {
    if (isProxy(prototype)) return false;
    prototype = getPrototypeOf(prototype);
  }
  return true;
}

function bufferLength(buffer: ArrayBufferLike): number {
  return types.isSharedArrayBuffer(buffer) ? lengthOfSharedBuffer(buffer) : lengthOfArrayBuffer(buffer);
}
