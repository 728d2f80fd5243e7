import type { Node } from 'node-red';
import { profiler, SuspectFinder } from '../../src';

/** Names nodes while this Node-RED is suspected to leak; `tell` sends a verdict that has them. */
export function findSuspects(node: Node, tell: () => void): SuspectFinder {
  return new SuspectFinder({
    profiler,
    by: `leak-watch '${node.name || node.id}'`,
    onNamed: tell,
    onFailure: (error) => node.warn(`profileOnSuspect: ${(error as Error).message}`),
  });
}
