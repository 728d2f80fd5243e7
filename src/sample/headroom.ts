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

/** One limit, and the bytes left until it. */
export interface Room {
  name: Limit;
  limit: number;
  bytes: number;
}

/**
 * The room until each limit that is known. Pass the live heap (what survived a major collection) where it is known:
 * garbage must not make headroom flap.
 */
export function roomsOf({ heap, container, system }: HeadroomInput): Room[] {
  const rooms: Room[] = [];

  function add(name: Limit, left: number, limit: number): void {
    if (limit > 0) rooms.push({ name, limit, bytes: Math.max(0, left) });
  }

  if (heap) add('heap', heap.limit - heap.live, heap.limit);
  if (container) add('container', container.limit - container.workingSet, container.limit);
  if (system?.total && system.available !== null) add('system', system.available, system.total);
  return rooms;
}

/** The nearest of heap, container and system: the one with the fewest bytes left. Null where no limit is known. */
export function headroomOf(input: HeadroomInput): Headroom | null {
  let nearest: Room | null = null;
  for (const room of roomsOf(input)) if (!nearest || room.bytes < nearest.bytes) nearest = room;
  if (!nearest) return null;
  const { bytes, limit, name } = nearest;
  return { bytes, percent: Math.min(100, Math.round((bytes / limit) * 10_000) / 100), nearest: name };
}
