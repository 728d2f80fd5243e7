import type { GcFigures } from '../gc/observe';
import type { ContainerMemory } from './container';
import type { Headroom } from './headroom';
import type { MemoryPressure } from './pressure';
import type { MemoryShares } from './shares';
import type { SystemMemory } from './system';

/** What a sample can hold beyond the figures it always has. */
export const SAMPLE_PARTS = ['spaces', 'container', 'system', 'pressure', 'pss', 'pools'] as const;
export type SamplePart = (typeof SAMPLE_PARTS)[number];
export const PART_DEFAULTS: readonly SamplePart[] = ['container', 'system'];

/** One of V8's heap spaces, in bytes. */
export interface HeapSpace {
  name: string;
  size: number;
  used: number;
  available: number;
  physical: number;
}

/** The figures of the heap; all null for a process that is not this one. Bytes. */
export interface HeapFigures {
  heapTotal: number | null;
  heapUsed: number | null;
  external: number | null;
  arrayBuffers: number | null;
  heapLimit: number | null;
  /** What survived the last major collection; null before the first, and where nothing observes. */
  liveHeap: number | null;
}

/**
 * Where memory stands at one moment. Bytes are bytes, `time` is ms since the epoch. What was not asked for,
 * and what the system does not tell, is null.
 */
export interface Sample extends HeapFigures, MemoryShares {
  time: number;
  pid: number;
  uptimeSeconds: number | null;
  rss: number | null;
  gc: GcFigures | null;
  spaces: HeapSpace[] | null;
  container: ContainerMemory | null;
  system: SystemMemory | null;
  pressure: MemoryPressure | null;
  headroom: Headroom | null;
  pools: object[] | null;
}

/** Takes samples of one target until closed. */
export interface Sampler<S extends Sample = Sample> {
  sample(): S;
  /** Gives back what the sampler holds: open files, and its part in the observer of collections. */
  close(): void;
}
