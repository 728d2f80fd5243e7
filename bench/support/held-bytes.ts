import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that stay, on the heap and off it, for what `make` returns. */
export function heldBytes(make: () => unknown): number {
  const before = standing();
  const kept = make();
  const held = standing() - before;
  if (kept === undefined) throw new Error('nothing was kept');
  return held;
}

function standing(): number {
  // Array buffers are freed by the collection after the one that found them dead.
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
