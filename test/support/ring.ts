import fs, { mkdtempSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import type { Header, Run } from '../../src/record/header';
import { ownerOf } from '../../src/record/process-identity';
import { type Found, readRing } from '../../src/record/read-ring';
import { makeRing, openRing, RingWriter } from '../../src/record/ring-file';
import type { BoxRecord, Kind } from '../../src/record/slot';

export function temporaryFolder(): string {
  return fs.realpathSync(mkdtempSync(join(os.tmpdir(), 'headroom-ring-')));
}

/** A run of a process that has ended: its pid is larger than any that Linux gives. */
export function deadRun(change: Partial<Run> = {}): Run {
  return {
    ...{
      run: 1,
      pid: 2 ** 22 + 7,
      startTicks: 1,
      boot: 'boot-1',
      pidSpace: null,
      startedAt: 1_700_000_000_000,
    },
    ...{ intervalMs: 1_000, machineUptime: 5_000, cgroup: null, fatal: null },
    ...change,
  };
}

export function headerOf(folder: string, slots: number, change: Partial<Header> = {}): Header {
  return {
    ...{
      count: 1,
      ring: 'abcd1234',
      slots,
      owner: ownerOf(folder),
      run: deadRun(),
      past: [],
      loopReported: false,
    },
    ...change,
  };
}

/** One record per second from the start of the run. */
export function recordsOf(kinds: readonly (Kind | [Kind, unknown])[], run = deadRun()): BoxRecord[] {
  return kinds.map((each, seq) => {
    const [kind, data] = typeof each === 'string' ? [each, null] : each;
    return {
      ...{ seq, slots: 0, ring: '', run: run.run, pid: run.pid, kind, data },
      ...{ time: run.startedAt + seq * 1_000, uptime: seq, machineUptime: run.machineUptime + seq },
    };
  });
}

/** Writes a file with these records through the writer that a gateway uses. */
export async function writeRing(path: string, header: Header, records: readonly BoxRecord[]): Promise<void> {
  await makeRing(path, header, []);
  const writer = new RingWriter(openRing(path), header, 0);
  for (const record of records) writer.writeNow(record);
  await writer.close();
}

export async function readRingAt(path: string): Promise<Found> {
  const fd = openRing(path);
  try {
    return await readRing(fd);
  } finally {
    fs.closeSync(fd);
  }
}
