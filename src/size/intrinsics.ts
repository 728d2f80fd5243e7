/**
 * The built-in accessors and methods that a walk over foreign values needs. An object may carry its own property
 * of the same name, or a subclass override it; these never run anybody's code.
 */
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

export const bufferOfTypedArray = getter<ArrayBufferLike>(typedArrayPrototype, 'buffer');
export const bufferOfDataView = getter<ArrayBufferLike>(DataView.prototype, 'buffer');
export const lengthOfTypedArray = getter<number>(typedArrayPrototype, 'byteLength');
export const lengthOfArrayBuffer = getter<number>(ArrayBuffer.prototype, 'byteLength');
export const lengthOfSharedBuffer = getter<number>(SharedArrayBuffer.prototype, 'byteLength');
export const sizeOfMap = getter<number>(Map.prototype, 'size');
export const sizeOfSet = getter<number>(Set.prototype, 'size');
export const entriesOfMap = uncurry<[], IterableIterator<[unknown, unknown]>>(Map.prototype.entries);
export const valuesOfSet = uncurry<[], IterableIterator<unknown>>(Set.prototype.values);

/** Finds an accessor without running it, several times faster than a descriptor where the key is an index. */
export const getterAt = uncurry<[index: number], unknown>(Reflect.get(Object.prototype, '__lookupGetter__'));

function getter<T>(prototype: object, name: string): (self: object) => T {
  return uncurry<[], T>(Object.getOwnPropertyDescriptor(prototype, name)?.get);
}

/** A method as a function that takes its `this` first. */
function uncurry<A extends unknown[], T>(method: unknown): (self: object, ...rest: A) => T {
  return Function.prototype.call.bind(method as (...rest: A) => T);
}
