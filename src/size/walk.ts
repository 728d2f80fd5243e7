import { types } from 'node:util';
import {
  bufferOfDataView,
  bufferOfTypedArray,
  entriesOfMap,
  getterAt,
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
  LONGEST_READ,
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
import { bufferLength, isObject, isPlain, isReadable } from './objects';
import { isNewShortText, LONGEST_SHARED_TEXT, nextWalk } from './short-texts';

/** What a value and everything it holds takes in memory. */
export interface Size {
  /** Bytes in all, on V8's heap and off it. */
  bytes: number;
  /** The share of `bytes` that lies outside V8's heap: the data of Buffers and typed arrays. */
  offHeapBytes: number;
  /** Objects, arrays, buffers, functions and texts counted, each once however often it is held. */
  objects: number;
  /** True when the walk stopped at `maxWork`, or met a text too long to read: the value may take more. */
  truncated: boolean;
}

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
const { isProxy } = types;

/** One walk over one value, with an own stack: a list of a million links must not overflow the call stack. */
export class Walk {
  private bytes = 0;
  private offHeapBytes = 0;
  private objects = 0;
  private work = 0;
  /** Buffers whose bytes were counted. */
  buffers = 0;
  /** A text was too long to look at. */
  private unread = false;
  private readonly pending: object[] = [];
  /** Made with the second object: most values are flat and need no set. */
  private seen: Set<unknown> | null = null;
  private readonly id = nextWalk();

  constructor(
    private readonly root: unknown,
    private maxWork: number,
    private readonly except: readonly string[],
  ) {}

  measure(): Size {
    const { root, pending } = this;
    if (isObject(root)) pending.push(root);
    else this.visit(root);
    const unfinished = this.run();
    const { bytes, offHeapBytes, objects } = this;
    return { bytes, offHeapBytes, objects, truncated: unfinished || this.unread };
  }

  /**
   * Goes on with one part of a root that `measure` has not walked: the bytes it adds to what the parts before
   * it took, and whether `work` values were not enough. What lies within a part that was not walked to its end
   * counts as not met, so that it can be looked at in parts of its own.
   */
  part(value: unknown, work: number): Omit<Size, 'objects'> & { buffers: number; work: number } {
    const { bytes, offHeapBytes, buffers, work: worked } = this;
    this.seen ??= new Set([this.root]);
    const before = this.seen.size;
    this.maxWork = this.work + work;
    this.unread = false;
    this.visit(value);
    const truncated = this.run() || this.unread;
    this.pending.length = 0;
    if (truncated) this.forget(before + 1);
    return {
      bytes: this.bytes - bytes,
      offHeapBytes: this.offHeapBytes - offHeapBytes,
      buffers: this.buffers - buffers,
      truncated,
      work: this.work - worked,
    };
  }

  /** All but the first `kept` things met. */
  private forget(kept: number): void {
    let at = 0;
    for (const thing of this.seen ?? []) {
      at += 1;
      if (at > kept) this.seen?.delete(thing);
    }
  }

  /** Enters what is pending, as far as the work goes. True when it did not get to the end. */
  private run(): boolean {
    const { pending } = this;
    let next = pending.pop();
    while (next !== undefined && this.work < this.maxWork) {
      this.enter(next);
      next = pending.pop();
    }
    return next !== undefined || this.work >= this.maxWork;
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
    if (text.length > LONGEST_READ) this.unread = true;
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
    this.buffers += 1;
  }
}
