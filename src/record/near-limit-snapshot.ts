import fs from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import type { Sample } from '../sample';
import { freeBytes } from './ring-file';

/** V8 writes where the process works, under a name of its own: `Heap.20261124.134956.812.0.001.heapsnapshot`. */
const WRITTEN = /^Heap\.\d{8}\.\d{6}\.(\d+)\.\d+\.\d+\.heapsnapshot$/;
/** Looked at only when this share of the heap is in use: by then it shows whether there is room. */
const ARM_ABOVE = 0.7;
/** A snapshot takes up to twice the heap on the disk, and up to ten times the heap as memory while it is made. */
const DISK_TIMES = 2;
const MEMORY_TIMES = 10;
const DISK_RESERVE = 256 * 1024 * 1024;

/**
 * The newest near-limit snapshot that a process has left, from now on for its owner's eyes only, for it holds
 * everything that was in memory; null where there is none.
 */
export function snapshotOf(pid: number, folder = process.cwd()): string | null {
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

let armed = false;

/**
 * Has V8 write one heap snapshot when the heap nears its limit, if disk and memory have room for it and fewer than `most`
 * lie there already, of earlier runs too. V8 takes this once for a process and cannot take it back. Says what came of it:
 * null when it is not the time to ask.
 */
export function armSnapshot(sample: Sample, most: number, folder = process.cwd()): 'armed' | string | null {
  const { heapLimit, heapUsed, container, system } = sample;
  if (armed || most === 0 || heapLimit === null || heapUsed === null) return null;
  if (heapUsed < heapLimit * ARM_ABOVE) return null;
  if (snapshotsIn(folder).length >= most) return 'as many heap snapshots as wanted lie there already';
  const disk = freeBytes(folder);
  if (disk === null || disk < heapLimit * DISK_TIMES + DISK_RESERVE)
    return 'the disk has no room for a heap snapshot';
  const room = Math.min(
    system?.available ?? Number.POSITIVE_INFINITY,
    container ? container.limit - container.workingSet : Number.POSITIVE_INFINITY,
  );
  if (room < heapLimit * MEMORY_TIMES) return 'memory has no room for a heap snapshot';
  v8.setHeapSnapshotNearHeapLimit(1);
  armed = true;
  return 'armed';
}
