import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
/** A full collection. */
export const collectNow: () => void = runInNewContext('gc');

/** Bytes that stay, on the heap and off it, for what `make` returns. */
export function heldBytes(make: () => unknown): number {
  makeAndForget(make); // code and shapes are there before bytes are counted
  const before = standingBytes();
  const kept = make();
  const held = standingBytes() - before;
  if (kept === undefined) throw new Error('nothing was kept');
  return held;
}

/** In a frame of its own, in which nothing made stays reachable. */
function makeAndForget(make: () => unknown): void {
  make();
}

/** Bytes on the heap and in array buffers after what nobody needs is gone. */
export function standingBytes(): number {
  // Array buffers are freed by the collection after the one that found them dead.
  for (let i = 0; i < 3; i++) collectNow();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
