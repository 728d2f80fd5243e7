import type { HeapProfile, ProfileNode } from './sampler';

/** By so much at most V8's samples were seen above the truth. */
const MOST_ABOVE = 1.2;

/**
 * Bytes of a place in a live profile, for `attribute`. V8's samples as a whole show up to a fifth more than there is,
 * while by how much the live heap has grown is known to the byte: where they show more, all are brought down to that.
 * By a fifth and no further: what had been there before the start and went meanwhile is missing in the growth.
 */
export function levelled({ head }: HeapProfile, grownBytes: number): (node: ProfileNode) => number {
  const shown = sumOf(head);
  const factor = shown > grownBytes ? Math.max(1 / MOST_ABOVE, grownBytes / shown) : 1;
  return ({ selfSize }) => selfSize * factor;
}

function sumOf(head: ProfileNode): number {
  let sum = 0;
  const nodes = [head];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    sum += node.selfSize;
    nodes.push(...node.children);
  }
  return sum;
}
