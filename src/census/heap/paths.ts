import { type Graph, NOWHERE } from './graph';

const UNSEEN = 0xffffffff;

/** The shortest ways from the roots to every object, breadth first. */
export interface Paths {
  /** From whom each node was reached first; itself for the root. */
  parent: Uint32Array;
  /** Nodes in the order in which they were reached, the nearest first. */
  order: Uint32Array;
  /** How many of them there are; the rest of `order` is unused. */
  reached: number;
}

/**
 * Walks the graph once. What JavaScript can reach comes first: only what cannot be reached so is reached through the
 * roots of V8 and Node.js, whose ways may be shorter but tell less.
 */
export function shortestPaths(graph: Graph): Paths {
  const { firstEdge, to, count, layout, kinds } = graph;
  const parent = new Uint32Array(count).fill(UNSEEN);
  const order = new Uint32Array(count);
  let reached = 0;

  function reach(node: number, from: number): void {
    if (parent[node] !== UNSEEN) return;
    parent[node] = from;
    order[reached] = node;
    reached += 1;
  }

  function walkFrom(at: number): void {
    for (let next = at; next < reached; next += 1) {
      const node = order[next] as number;
      const end = firstEdge[node + 1] as number;
      for (let edge = firstEdge[node] as number; edge < end; edge += 1) {
        const target = to[edge] as number;
        if (target !== NOWHERE) reach(target, node);
      }
    }
  }

  const synthetic = layout.nodeTypes.indexOf('synthetic');
  parent[0] = 0;
  for (let edge = firstEdge[0] as number; edge < (firstEdge[1] as number); edge += 1) {
    const target = to[edge] as number;
    if (target !== NOWHERE && kinds[target] !== synthetic) reach(target, 0);
  }
  walkFrom(0);
  const before = reached;
  for (let edge = firstEdge[0] as number; edge < (firstEdge[1] as number); edge += 1) {
    const target = to[edge] as number;
    if (target !== NOWHERE) reach(target, 0);
  }
  walkFrom(before);
  return { parent, order, reached };
}

/** The nodes from a root's child to a node. */
export function pathTo({ parent }: Paths, node: number): number[] {
  const path = [node];
  for (let at = node; at !== 0 && parent[at] !== 0; ) {
    at = parent[at] as number;
    path.unshift(at);
  }
  return path;
}
