import { types } from 'node:util';
import { lengthOfArrayBuffer, lengthOfSharedBuffer } from './intrinsics';

const { getPrototypeOf } = Object;
const { isProxy } = types;
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** An object whose prototype is the end of its chain: a literal of any realm, or one without prototype. */
export function isPlain(value: object): boolean {
  const prototype = getPrototypeOf(value);
  if (prototype === objectPrototype || prototype === null) return true;
  return !isProxy(prototype) && getPrototypeOf(prototype) === null;
}

/** Reading an array's hole looks along its prototypes, where a proxy would be triggered. */
export function isReadable(array: unknown[]): boolean {
  let prototype = getPrototypeOf(array);
  if (prototype === arrayPrototype) return true;
  while (prototype !== null) {
    if (isProxy(prototype)) return false;
    prototype = getPrototypeOf(prototype);
  }
  return true;
}

export function bufferLength(buffer: ArrayBufferLike): number {
  return types.isSharedArrayBuffer(buffer) ? lengthOfSharedBuffer(buffer) : lengthOfArrayBuffer(buffer);
}
