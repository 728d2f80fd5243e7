import type { ContainerMemory } from './container';
import type { SystemMemory } from './system';

/** What can run out first. */
export type Limit = 'heap' | 'container' | 'system';

/** Bytes until the nearest limit, and how much of that limit they are (0 to 100). */
export interface Headroom {
  bytes: number;
  percent: number;
  nearest: Limit;
}

export interface HeadroomInput {
  heap: { limit: number; live: number } | null;
  container: Pick<ContainerMemory, 'limit' | 'workingSet'> | null;
  system: Pick<SystemMemory, 'total' | 'available'> | null;
}

/**
 * The nearest of heap, container and system: the one with the fewest bytes left. Null where no limit is known.
 * Pass the live heap (what survived a major collection) where it is known: garbage must not make headroom flap.
 */
export function headroomOf({ heap, container, system }: HeadroomInput): Headroom | null {
  let nearest: Headroom | null = null;

  function consider(name: Limit, left: number, limit: number): void {
    if (!(limit > 0)) return;
    const bytes = Math.max(0, left);
    if (nearest && nearest.bytes <= bytes) return;
    nearest = { bytes, percent: Math.min(100, Math.round((bytes / limit) * 10_000) / 100), nearest: name };
  }

  if (heap) consider('heap', heap.limit - heap.live, heap.limit);
  if (container) consider('container', container.limit - container.workingSet, container.limit);
  if (system?.total && system.available !== null) consider('system', system.available, system.total);
  return nearest;
}
