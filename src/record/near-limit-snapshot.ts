import fs from 'node:fs';
import { join, resolve } from 'node:path';
import v8 from 'node:v8';
import { formatBytes } from '../config';
import type { Sample } from '../sample';
import { freeBytes } from './ring-file';

/** The name that Node.js gives it: `Heap.20261124.134956.812.0.001.heapsnapshot`. */
const WRITTEN = /^Heap\.\d{8}\.\d{6}\.(\d+)\.\d+\.\d+\.heapsnapshot$/;
/** Looked at only when this share of the heap is in use: by then it shows whether there is room. */
const ARM_ABOVE = 0.7;
/** A snapshot takes up to twice the heap on the disk, and up to ten times the heap as memory while it is made. */
const DISK_TIMES = 2;
const MEMORY_TIMES = 10;
const DISK_RESERVE = 256 * 1024 * 1024;

/**
 * The newest near-limit snapshot that a process has left, for its owner's eyes only, for it holds everything that was
 * in memory: Node.js makes it so, and where somebody has opened it meanwhile it is closed again. Null where there is none.
 */
export function snapshotOf(pid: number, folder = snapshotFolder()): string | null {
  const name = snapshotsIn(folder)
    .filter((each) => WRITTEN.exec(each)?.[1] === String(pid))
    .sort()
    .at(-1);
  if (name === undefined) return null;
  const path = join(folder, name);
  try {
    fs.chmodSync(path, 0o600);
  } catch {
    // another user's, or gone by now
  }
  return path;
}

function snapshotsIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => WRITTEN.test(name));
  } catch {
    return [];
  }
}

/** Node.js writes it into `--diagnostic-dir` where that is set, else where the process works. */
function snapshotFolder(): string {
  const given = [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv].join('\n');
  const [, folder] = [...given.matchAll(/^--diagnostic-dir[=\n]"?(.*?)"?$/gm)].at(-1) ?? [];
  return resolve(folder ?? '');
}

let armed = false;

/** Why no snapshot will be made: in short, to be told once, and with the figures. */
export interface SnapshotRefusal {
  lacks: 'place' | 'disk' | 'memory';
  reason: string;
}

/**
 * Has V8 write one heap snapshot when the heap nears its limit, if disk and memory have room for it and fewer than `most`
 * lie there already, of earlier runs too. V8 takes this once for a process and cannot take it back. Says why not where
 * it is time and something is in the way; null else.
 */
export function armSnapshot(
  { heapLimit, heapUsed, container, system }: Sample,
  most: number,
  folder = snapshotFolder(),
): SnapshotRefusal | null {
  if (armed || most === 0 || heapLimit === null || heapUsed === null) return null;
  if (heapUsed < heapLimit * ARM_ABOVE) return null;
  const there = snapshotsIn(folder).length;
  if (there >= most) return refusal('place', `${there} of at most ${most} lie in ${folder} already`);
  const disk = freeBytes(folder) ?? 0;
  const wantedDisk = heapLimit * DISK_TIMES + DISK_RESERVE;
  if (disk < wantedDisk) return refusal('disk', roomText('the disk', folder, wantedDisk, disk));
  const memory = Math.min(
    system?.available ?? Number.POSITIVE_INFINITY,
    container ? container.limit - container.workingSet : Number.POSITIVE_INFINITY,
  );
  const wantedMemory = heapLimit * MEMORY_TIMES;
  if (memory < wantedMemory) return refusal('memory', roomText('memory', null, wantedMemory, memory));
  v8.setHeapSnapshotNearHeapLimit(1);
  armed = true;
  return null;
}

function refusal(lacks: SnapshotRefusal['lacks'], why: string): SnapshotRefusal {
  return { lacks, reason: `no heap snapshot will be made near the limit: ${why}` };
}

function roomText(what: string, folder: string | null, wanted: number, has: number): string {
  const place = folder === null ? '' : ` of ${folder}`;
  return `it may take ${formatBytes(wanted)}, ${what}${place} has ${formatBytes(has)}`;
}
