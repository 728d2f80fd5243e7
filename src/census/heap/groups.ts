import type { Paths } from './paths';

/** Objects of a type that are held in the same way, by one that stands for all. */
export interface Group {
  node: number;
  objects: number;
}

/** From this many objects of the type below one holder on, they are one group: items of a list, entries of a cache. */
const A_LIST = 8;
/** Groups looked at closer. */
const MOST_GROUPS = 200;

/**
 * Puts the objects of a type together by who holds them, so that a list of 100,000 is told once. The holder is the
 * nearest one above that holds more than this one object. Objects behind another of the same type (a linked list)
 * count with that one. The nearest to the roots come first.
 */
export function groupTargets(isTarget: Uint8Array, { parent, order, reached }: Paths): Group[] {
  const below = new Uint32Array(isTarget.length);
  for (let at = reached - 1; at >= 0; at -= 1) {
    const node = order[at] as number;
    const own = (below[node] as number) + (isTarget[node] as number);
    below[node] = own;
    const above = parent[node] as number;
    if (above !== node) below[above] = (below[above] as number) + own;
  }

  const byHolder = new Map<number, Group[]>();
  for (let at = 0; at < reached; at += 1) {
    const node = order[at] as number;
    if (isTarget[node] !== 1) continue;
    const holder = holderOf(node, isTarget, parent, below);
    if (holder === null) continue;
    const groups = byHolder.get(holder);
    const group = { node, objects: below[node] as number };
    if (!groups) byHolder.set(holder, [group]);
    else if (groups.length < A_LIST) groups.push(group);
    else (groups[0] as Group).objects += group.objects;
  }
  const groups = [...byHolder.values()].flatMap(asOneList);
  const largest = new Set([...groups].sort((a, b) => b.objects - a.objects).slice(0, MOST_GROUPS >> 1));
  return groups.filter((group, at) => at < MOST_GROUPS >> 1 || largest.has(group));
}

function asOneList(groups: Group[]): Group[] {
  const [first] = groups;
  if (groups.length < A_LIST || !first) return groups;
  return [{ node: first.node, objects: groups.reduce((sum, { objects }) => sum + objects, 0) }];
}

/** Null where another of the type is on the way. */
function holderOf(
  node: number,
  isTarget: Uint8Array,
  parent: Uint32Array,
  below: Uint32Array,
): number | null {
  const own = below[node] as number;
  let holder: number | null = null;
  for (let at = node; at !== 0; ) {
    at = parent[at] as number;
    if (isTarget[at] === 1) return null;
    if (holder === null && (below[at] as number) > own) holder = at;
  }
  return holder ?? 0;
}
