import type { Limit, Sample } from '../sample';

/** One sample as the box keeps it: bytes, ms, counts; null for what the system does not tell. */
export interface BoxSample {
  /** ms since the epoch, as the clock said then. */
  time: number;
  /** Seconds since the process started. */
  uptime: number;
  rss: number | null;
  heapTotal: number | null;
  heapUsed: number | null;
  liveHeap: number | null;
  heapLimit: number | null;
  external: number | null;
  arrayBuffers: number | null;
  /** Working set and limit of the container. */
  containerUsed: number | null;
  containerLimit: number | null;
  systemAvailable: number | null;
  headroomBytes: number | null;
  headroomPercent: number | null;
  nearest: Limit | null;
  /** Major collections, and ms in pauses, since the sample before. */
  gcMajor: number | null;
  gcPauseMs: number | null;
  /** Kills for want of memory counted in this process's cgroup, and on the whole machine since it started. */
  cgroupKills: number | null;
  machineKills: number | null;
  /** Processes in the cgroup. */
  cgroupProcesses: number | null;
}

type Column = Exclude<keyof BoxSample, 'time' | 'uptime' | 'nearest'>;

/** In this order in each record. Add at the end only: a file outlives an update. */
const COLUMNS = [
  'rss',
  'heapTotal',
  'heapUsed',
  'liveHeap',
  'heapLimit',
  'external',
  'arrayBuffers',
  'containerUsed',
  'containerLimit',
  'systemAvailable',
  'headroomBytes',
  'headroomPercent',
  'gcMajor',
  'gcPauseMs',
  'cgroupKills',
  'machineKills',
  'cgroupProcesses',
] as const satisfies readonly Column[];
const NEAREST: readonly (Limit | null)[] = ['heap', 'container', 'system'];

/** The counters of kills, which are no part of a sample elsewhere. */
export type KillCounts = Pick<BoxSample, 'cgroupKills' | 'machineKills' | 'cgroupProcesses'>;

/** A sample as numbers in the order of the columns, the nearest limit first: what a record holds. */
export function toRow(sample: Sample, kills: KillCounts): (number | null)[] {
  const { headroom, container, system, gc } = sample;
  const flat: Record<Column, number | null> = {
    ...kills,
    rss: sample.rss,
    heapTotal: sample.heapTotal,
    heapUsed: sample.heapUsed,
    liveHeap: sample.liveHeap,
    heapLimit: sample.heapLimit,
    external: sample.external,
    arrayBuffers: sample.arrayBuffers,
    containerUsed: container?.workingSet ?? null,
    containerLimit: container?.limit ?? null,
    systemAvailable: system?.available ?? null,
    headroomBytes: headroom?.bytes ?? null,
    headroomPercent: headroom?.percent ?? null,
    gcMajor: gc?.major ?? null,
    gcPauseMs: gc && Math.round(gc.pauseMs),
  };
  return [NEAREST.indexOf(headroom?.nearest ?? null), ...COLUMNS.map((column) => flat[column])];
}

/** Reads a row of this version or an older one; what it lacks, and what is no number, is null. */
export function fromRow(time: number, uptime: number, row: unknown): BoxSample {
  const [nearest, ...numbers]: unknown[] = Array.isArray(row) ? row : [];
  const columns = Object.fromEntries(
    COLUMNS.map((column, at) => [column, Number.isFinite(numbers[at]) ? numbers[at] : null]),
  ) as Record<Column, number | null>;
  return { time, uptime, ...columns, nearest: NEAREST[nearest as number] ?? null };
}
