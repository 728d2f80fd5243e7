import { statfsSync } from 'node:fs';
import { formatBytes, formatDuration } from '../../config';
import { selfSampler } from '../../sample';

/** What a heap snapshot costs, about. */
export interface SnapshotCost {
  /** Used heap, in bytes; what follows grows with it. */
  heapBytes: number;
  /** How long the process stands still, in ms. */
  blockMs: number;
  /** Memory taken meanwhile, outside the heap; most of it stays with the process. */
  memoryBytes: number;
  /** Size of the file, which is gone again when it has been read. */
  fileBytes: number;
}

/** Why no snapshot was taken. */
export interface Refusal {
  /** What is short. */
  short: 'container' | 'system' | 'disk';
  neededBytes: number;
  freeBytes: number;
  /** The same in words. */
  reason: string;
}

/** V8 writes down each object with names, edges and ids: measured on heaps of 26 to 282 MB, with some room above. */
const MEMORY_PER_HEAP = 13;
const FILE_PER_HEAP = 3;
const BLOCK_MS_PER_MB = 80;
const MB = 2 ** 20;
/** A file there is memory too (statfs type of tmpfs and ramfs). */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** Free bytes; null for what the system does not tell. */
export interface Room {
  container: number | null;
  system: number | null;
  disk: number | null;
  /** The folder for the file lies in memory. */
  diskIsMemory: boolean;
}

export function snapshotCost(heapBytes = process.memoryUsage().heapUsed): SnapshotCost {
  return {
    heapBytes,
    blockMs: Math.round((heapBytes / MB) * BLOCK_MS_PER_MB),
    memoryBytes: MEMORY_PER_HEAP * heapBytes,
    fileBytes: FILE_PER_HEAP * heapBytes,
  };
}

/** `stands still for about 3 s, takes up to 400 MB of memory and 90 MB on disk meanwhile` */
export function describeCost({ blockMs, memoryBytes, fileBytes }: SnapshotCost): string {
  const seconds = formatDuration(Math.max(1, Math.round(blockMs / 1_000)) * 1_000);
  return `stands still for about ${seconds}, takes up to ${formatBytes(memoryBytes)} of memory and ${formatBytes(fileBytes)} on disk meanwhile`;
}

/** What is free now, for a file in that folder. */
export function roomFor(folder: string): Room {
  const sampler = selfSampler({ observe: false });
  const { container, system } = sampler.sample();
  sampler.close();
  const disk = diskOf(folder);
  return {
    container: container && Math.max(0, container.limit - container.workingSet),
    system: system?.available ?? null,
    disk: disk && Number(disk.bavail) * Number(disk.bsize),
    diskIsMemory: disk !== null && IN_MEMORY.has(Number(disk.type)),
  };
}

function diskOf(folder: string): ReturnType<typeof statfsSync> | null {
  try {
    return statfsSync(folder);
  } catch {
    return null; // whether the file can be written shows when it is
  }
}

/** Null when there is room for a snapshot; else what is short, with the figures. */
export function refusalOf({ memoryBytes, fileBytes }: SnapshotCost, room: Room): Refusal | null {
  const inMemory = memoryBytes + (room.diskIsMemory ? fileBytes : 0);
  return (
    shortage('container', inMemory, room.container) ??
    shortage('system', inMemory, room.system) ??
    shortage('disk', fileBytes, room.disk)
  );
}

const WHERE = { container: 'of memory in the container', system: 'of memory', disk: 'on disk' } as const;

function shortage(short: Refusal['short'], neededBytes: number, freeBytes: number | null): Refusal | null {
  if (freeBytes === null || freeBytes >= neededBytes) return null;
  const reason = `a heap snapshot needs ${formatBytes(neededBytes)} ${WHERE[short]}, ${formatBytes(freeBytes)} are free`;
  return { short, neededBytes, freeBytes, reason };
}
