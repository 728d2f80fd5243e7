import type { Bytes } from './parts';

/** What is known about where the memory of a profile is. Bytes by node id; `made` by file for no node. */
export interface Books {
  /** Live bytes of the heap by the node that made them: V8's own samples. */
  made: ReadonlyMap<string, number>;
  /** Live bytes that no node is known to have made, by file. */
  madeByFiles: ReadonlyMap<string, number>;
  /** Messages that nodes hold: made by others, whatever the node makes itself. */
  held: ReadonlyMap<string, Bytes>;
  /** What has grown on nodes: made by others, or by themselves. */
  grown: ReadonlyMap<string, Bytes>;
  /** Whether messages get from one node to another. */
  isUpstream(of: string, node: string): boolean;
}

/** Whose the memory is after all. */
export interface Settlement {
  heap: Map<string, number>;
  files: Map<string, number>;
}

/**
 * Moves bytes from those who made them to those who keep them. The sum stays what V8 has sampled: what a node keeps
 * beyond what it made itself was made by others, first of all by nodes that send it messages, then by code of no
 * node, then by anybody; and only by those who do not keep it themselves.
 */
export function settle({ made, madeByFiles, held, grown, isUpstream }: Books): Settlement {
  const heap = new Map(made);
  const files = new Map(madeByFiles);
  const spare = new Map<string, number>();
  for (const [id, bytes] of made) spare.set(id, Math.max(0, bytes - (grown.get(id)?.heap ?? 0)));
  const keepers = [...new Set([...held.keys(), ...grown.keys()])]
    .map((id) => {
      const more = (grown.get(id)?.heap ?? 0) - (made.get(id) ?? 0);
      return { id, wants: Math.max(held.get(id)?.heap ?? 0, more) };
    })
    .filter(({ wants }) => wants > 0)
    .sort((a, b) => b.wants - a.wants);
  for (const { id, wants } of keepers) {
    let left = wants;
    const give = (bytes: number): void => {
      left -= bytes;
      heap.set(id, (heap.get(id) ?? 0) + bytes);
    };
    const fromNodes = (isGiver: (giver: string) => boolean): void =>
      draw([...spare.keys()].filter(isGiver), spare, left, (giver, bytes) => {
        heap.set(giver, (heap.get(giver) ?? 0) - bytes);
        spare.set(giver, (spare.get(giver) ?? 0) - bytes);
        give(bytes);
      });
    fromNodes((giver) => giver !== id && isUpstream(id, giver));
    draw([...files.keys()], files, left, (file, bytes) => {
      files.set(file, (files.get(file) ?? 0) - bytes);
      give(bytes);
    });
    fromNodes((giver) => giver !== id);
  }
  return { heap, files };
}

/** Takes `wanted` from givers, from each by what it has. */
function draw<K>(
  givers: readonly K[],
  has: ReadonlyMap<K, number>,
  wanted: number,
  take: (giver: K, bytes: number) => void,
): void {
  const stock = givers.map((giver) => has.get(giver) ?? 0);
  const all = stock.reduce((sum, bytes) => sum + bytes, 0);
  if (all <= 0 || wanted <= 0) return;
  const share = Math.min(1, wanted / all);
  givers.forEach((giver, at) => {
    const bytes = (stock[at] ?? 0) * share;
    if (bytes > 0) take(giver, bytes);
  });
}
