import { containerReader } from './container';
import { kernelFiles } from './files';
import { headroomOf } from './headroom';
import { readPressure } from './pressure';
import {
  listProcesses,
  namedProcesses,
  type ProcessEntry,
  type ProcessMemory,
  readMemory,
  readProcess,
  treeOf,
} from './processes';
import { type HeapFigures, PART_DEFAULTS, type Sample, type SamplePart, type Sampler } from './sample';
import { hostCalls, readSystem, type SystemCalls } from './system';

/** What to sample: a process by id, all processes of a name, or a process with all its descendants. */
export type Target =
  | { by: 'pid'; pid: number }
  | { by: 'name'; name: string }
  | { by: 'tree'; root: number | string };

/** A process that came or went between two samples. */
export type ProcessChange = Pick<ProcessEntry, 'pid' | 'name'>;

/** A sample of other processes: their sum, and each of them. Heap figures are null: only a process knows its own. */
export interface ProcessSample extends Sample {
  /** Of the first process: the root of a tree, the oldest of a name. `pid` and `uptimeSeconds` are its own too. */
  name: string;
  command: string;
  /** Everything that was summed, the first included. */
  processes: ProcessMemory[];
  /** The descendants of a tree's root; null for `pid` and `name`. */
  children: ProcessMemory[] | null;
  /** Since the last sample of this target; empty in the first. A pid used again is one that went and one that came. */
  started: ProcessChange[];
  vanished: ProcessChange[];
}

export interface OtherSamplerOptions {
  include?: readonly SamplePart[];
  files?: ReturnType<typeof kernelFiles>;
  calls?: SystemCalls;
}

const NO_HEAP: HeapFigures = {
  heapTotal: null,
  heapUsed: null,
  external: null,
  arrayBuffers: null,
  heapLimit: null,
  liveHeap: null,
};

/**
 * Samples other processes of this machine. `sample()` throws an Error that says what is wrong when there is no
 * such process (any more), its pid belongs to another now, or the system has no `/proc`. The next call looks afresh.
 */
export function otherSampler(target: Target, options: OtherSamplerOptions = {}): Sampler<ProcessSample> {
  const { include = PART_DEFAULTS, files = kernelFiles(), calls = hostCalls } = options;
  const asked = new Set(include);
  if (target.by === 'name' && target.name === '') throw missing(files, target);
  let known: readonly ProcessEntry[] | null = null;
  let container: { pid: number; reader: ReturnType<typeof containerReader> } | null = null;

  function containerOf(pid: number): ReturnType<typeof containerReader> {
    if (container?.pid !== pid) container = { pid, reader: containerReader(files, pid) };
    return container.reader;
  }

  function when<T>(part: SamplePart, read: () => T): T | null {
    return asked.has(part) ? read() : null;
  }

  return {
    sample() {
      const before = known;
      known = null; // whatever fails below, the next sample starts afresh
      const entries = find(files, target);
      if (target.by === 'pid') refuseReused(before?.[0], entries[0]);
      const processes = entries.flatMap((entry) => readMemory(files, entry, asked.has('pss')) ?? []);
      const [first] = processes;
      if (!first) throw new Error(`${describe(target)} ended while it was sampled`);
      known = processes;

      const containerMemory = containerOf(first.pid).read();
      const system = readSystem(files, calls);
      return {
        time: Date.now(),
        pid: first.pid,
        uptimeSeconds: first.uptimeSeconds,
        name: first.name,
        command: first.command,
        rss: sum(processes, 'rss'),
        ...NO_HEAP,
        pss: sum(processes, 'pss'),
        uss: sum(processes, 'uss'),
        swap: sum(processes, 'swap'),
        gc: null,
        spaces: null,
        container: when('container', () => containerMemory),
        system: when('system', () => system),
        pressure: when('pressure', () => readPressure(files)),
        headroom: headroomOf({ heap: null, container: containerMemory, system }),
        pools: null,
        processes,
        children: target.by === 'tree' ? processes.slice(1) : null,
        started: before ? missingFrom(before, processes) : [],
        vanished: before ? missingFrom(processes, before) : [],
      };
    },
    close() {
      files.close();
    },
  };
}

function find(files: ReturnType<typeof kernelFiles>, target: Target): ProcessEntry[] {
  if (target.by === 'pid') {
    const entry = readProcess(files, target.pid);
    if (entry) return [entry];
    throw missing(files, target);
  }
  const all = listProcesses(files) ?? [];
  const found =
    target.by === 'name'
      ? namedProcesses(files, target.name, all)
      : treeOf(
          typeof target.root === 'number'
            ? target.root
            : (namedProcesses(files, target.root, all)[0]?.pid ?? -1),
          all,
        );
  if (found.length === 0) throw missing(files, target);
  return found;
}

function missing(files: ReturnType<typeof kernelFiles>, target: Target): Error {
  if (files.read('/proc/self/stat') === null) {
    return new Error(
      'target: other processes are read from /proc, which this system does not have; expected self',
    );
  }
  return new Error(`targetValue: there is no ${describe(target)}`);
}

function describe(target: Target): string {
  if (target.by === 'pid') return `process with pid ${target.pid}`;
  const which = target.by === 'name' ? target.name : target.root;
  return typeof which === 'number' ? `process with pid ${which}` : `process named "${which}"`;
}

function refuseReused(before: ProcessEntry | undefined, now: ProcessEntry | undefined): void {
  if (!before || !now || before.startTicks === now.startTicks) return;
  throw new Error(
    `targetValue: process ${before.pid} (${before.name}) has vanished; its pid belongs to another process now (${now.name})`,
  );
}

/** The sum; null where one that has memory does not tell: a part of the sum would pass for the whole. */
function sum(processes: readonly ProcessMemory[], figure: 'rss' | 'pss' | 'uss' | 'swap'): number | null {
  let total = 0;
  for (const process of processes) {
    const value = process[figure];
    if (value === null && process.rss !== 0) return null;
    total += value ?? 0;
  }
  return total;
}

function missingFrom(known: readonly ProcessEntry[], entries: readonly ProcessEntry[]): ProcessChange[] {
  return entries
    .filter(
      ({ pid, startTicks }) => !known.some((other) => other.pid === pid && other.startTicks === startTicks),
    )
    .map(({ pid, name }) => ({ pid, name }));
}
