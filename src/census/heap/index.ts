/** Heap snapshots: taken with care, read in a thread of its own, gone when they are read. */
export { describeCost, type Refusal, type Room, type SnapshotCost, snapshotCost } from './cost';
export {
  HeapCensus,
  type HeapFigures,
  type HeapOptions,
  type HeapRetainers,
  type HeapType,
} from './heap-census';
export type { ChainOwner } from './owner';
export type { Chain, Retainers } from './retainers';
