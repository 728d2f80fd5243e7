import { join } from 'node:path/posix';
import type { KernelFiles } from './files';
import { numberAfter, plainNumber } from './text';

/** The limit that is nearest among a process's own cgroup and its parents. Bytes. */
export interface ContainerMemory {
  /** cgroup version. */
  version: 1 | 2;
  limit: number;
  /** All that is charged, page cache included. */
  used: number;
  /** What the kernel cannot simply drop: used − inactive file pages. When it nears the limit, the kernel kills. */
  workingSet: number;
  /** Processes of this cgroup killed for want of memory; null where the kernel does not count them. */
  oomKills: number | null;
}

export interface ContainerReader {
  /** Null where no limit applies. */
  read(): ContainerMemory | null;
}

/** What each cgroup version calls the same things. */
const VERSIONS = {
  1: {
    mount: /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup \S+ (?:\S*,)?memory(?:,\S*)?$/,
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    inactiveFile: 'total_inactive_file',
    kills: 'memory.oom_control',
  },
  2: {
    mount: /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup2 /,
    limit: 'memory.max',
    used: 'memory.current',
    inactiveFile: 'inactive_file',
    kills: 'memory.events',
  },
} as const;

/** cgroup v1 says "no limit" as the largest page count: LONG_MAX pages of 4 KiB on 32 bits, 2^63 on 64. */
const V1_UNLIMITED = 0x7fffffff * 4096;
/** A process moves to another cgroup, or a parent gets a limit, seldom enough. */
const RESOLVE_EVERY_MS = 60_000;

interface Place {
  version: 1 | 2;
  /** Own cgroup first, then its parents up to the mount. */
  folders: string[];
}

/**
 * Reads the container limits of a process from cgroup v1 or v2, whichever controls memory.
 * `process.constrainedMemory()` is not used: it knows neither parents nor what counts against the limit.
 */
export function containerReader(
  files: KernelFiles,
  pid: number | 'self' = 'self',
  now = Date.now,
): ContainerReader {
  let place: Place | null = null;
  let limited: string[] = [];
  let resolveAt = Number.NEGATIVE_INFINITY;

  function resolve(): void {
    const found = findPlace(files, pid);
    place = found;
    limited = found?.folders.filter((folder) => readLimit(files, found, folder) !== null) ?? [];
    resolveAt = now() + RESOLVE_EVERY_MS;
  }

  return {
    read() {
      if (now() >= resolveAt) resolve();
      if (!place) return null;
      let nearest: Level | null = null;
      for (const folder of limited) {
        const level = readLevel(files, place, folder);
        if (!level) resolveAt = Number.NEGATIVE_INFINITY;
        else if (!nearest || roomIn(level) < roomIn(nearest)) nearest = level;
      }
      return nearest && withKills(files, nearest);
    },
  };
}

/** The cgroup that a process itself is in, whether it has a limit or not. */
export interface OwnCgroup {
  folder: string;
  /**
   * Processes of it that the kernel killed for want of memory, by its own limit, a parent's, or the machine's; null where
   * the kernel does not count them.
   */
  oomKills: number | null;
  /** Processes in it; null where that cannot be read. */
  processes: number | null;
}

/** Reads the cgroup that controls this process's memory; null where none does. */
export function ownCgroup(files: KernelFiles): OwnCgroup | null {
  const [folder] = findPlace(files, 'self')?.folders ?? [];
  if (folder === undefined) return null;
  const list = files.read(join(folder, 'cgroup.procs'));
  const processes = list === null ? null : list.split('\n').filter((pid) => pid !== '').length;
  return { folder, oomKills: killsIn(files, folder), processes };
}

/** Kills counted in one cgroup itself, by whichever version's file it has; null where there is none. */
export function killsIn(files: KernelFiles, folder: string): number | null {
  for (const name of ['memory.events.local', VERSIONS[2].kills, VERSIONS[1].kills]) {
    const events = files.read(join(folder, name));
    if (events !== null) return numberAfter(events, 'oom_kill');
  }
  return null;
}

interface Level extends Omit<ContainerMemory, 'oomKills'> {
  folder: string;
}

function roomIn(level: Level): number {
  return level.limit - level.workingSet;
}

function withKills(files: KernelFiles, { folder, ...memory }: Level): ContainerMemory {
  const events = files.reread(join(folder, VERSIONS[memory.version].kills));
  return { ...memory, oomKills: events === null ? null : numberAfter(events, 'oom_kill') };
}

function readLimit(files: KernelFiles, { version, folders }: Place, folder: string): number | null {
  const own = plainNumber(files.reread(join(folder, VERSIONS[version].limit)));
  if (version === 2) return own;
  // Limits above what the mount shows are seen only here: the tightest of all parents, by v1's memory.stat.
  const stat = folder === folders.at(-1) ? files.reread(join(folder, 'memory.stat')) : null;
  const above = stat === null ? null : numberAfter(stat, 'hierarchical_memory_limit');
  const limit = Math.min(own ?? V1_UNLIMITED, above ?? V1_UNLIMITED);
  return limit < V1_UNLIMITED ? limit : null;
}

function readLevel(files: KernelFiles, place: Place, folder: string): Level | null {
  const { version } = place;
  const limit = readLimit(files, place, folder);
  const used = plainNumber(files.reread(join(folder, VERSIONS[version].used)));
  if (limit === null || used === null) return null;
  const stat = files.reread(join(folder, 'memory.stat'));
  const inactive = (stat !== null && numberAfter(stat, VERSIONS[version].inactiveFile)) || 0;
  return { folder, version, limit, used, workingSet: Math.max(0, used - inactive) };
}

/** Where the memory controller keeps this process: v1 where a v1 hierarchy has it, else the unified one. */
function findPlace(files: KernelFiles, pid: number | 'self'): Place | null {
  const membership = files.read(`/proc/${pid}/cgroup`) ?? '';
  const mounts = files.read('/proc/self/mountinfo') ?? '';
  const v1 = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(membership);
  const path = v1?.[1] ?? /^0::(.*)$/m.exec(membership)?.[1];
  if (path === undefined) return null;
  const version = v1 ? 1 : 2;
  for (const line of mounts.split('\n')) {
    const [, root, target] = VERSIONS[version].mount.exec(line) ?? [];
    if (root !== undefined && target !== undefined) {
      return { version, folders: upwards(files, target, belowMount(path, root)) };
    }
  }
  return null;
}

/**
 * The part of a cgroup's path that can be seen below the mount. In a container the mount shows only the
 * container's own branch (root `/docker/ab12`) while v1 still tells the host's path.
 */
function belowMount(path: string, root: string): string {
  if (root === '/') return path;
  if (path === root) return '/';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
}

function upwards(files: KernelFiles, mount: string, path: string): string[] {
  const folders: string[] = [];
  for (let at = join('/', path); ; at = join(at, '..')) {
    const folder = join(mount, at);
    // A path outside this cgroup namespace (`/../other`) ends at folders that are not there: pass them over.
    if (files.list(folder) !== null) folders.push(folder);
    if (at === '/') return folders;
  }
}
