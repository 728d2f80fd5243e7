import fs from 'node:fs';
import os from 'node:os';
import { type KernelFiles, killsIn, ownCgroup } from '../sample';
import { numberAfter } from '../sample/text';
import type { KillCounts } from './box-sample';
import type { Surroundings } from './cause';
import type { FatalReport } from './fatal-report';
import type { ProcessIdentity, Run } from './header';
import { type KernelLog, readKernelLog } from './kernel-log';
import type { BoxRecord } from './slot';

/** What the system tells about the end of an earlier run. The kernel's log is read only where it is asked for, once. */
export function surroundings(
  files: KernelFiles,
  self: ProcessIdentity,
  fatal: FatalReport | null,
): Surroundings {
  let log: KernelLog | null | undefined;
  return {
    boot: self.boot,
    machineUptime: os.uptime(),
    fatal,
    cgroupKills: ({ folder, inode }) => (inodeOf(folder) === inode ? killsIn(files, folder) : null),
    machineKills: machineKills(files),
    kernelLog() {
      if (log === undefined) log = readKernelLog();
      return log;
    },
  };
}

/** Kills for want of memory on the whole machine since it started; null where the kernel does not count them. */
function machineKills(files: KernelFiles): number | null {
  return numberAfter(files.read('/proc/vmstat') ?? '', 'oom_kill');
}

export function killCounts(files: KernelFiles): KillCounts {
  const cgroup = ownCgroup(files);
  return {
    cgroupKills: cgroup?.oomKills ?? null,
    machineKills: machineKills(files),
    cgroupProcesses: cgroup?.processes ?? null,
  };
}

/** When and by whom a record is written. */
export function stamp(): Pick<BoxRecord, 'pid' | 'time' | 'uptime' | 'machineUptime'> {
  const exact = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  return {
    pid: process.pid,
    time: Date.now(),
    uptime: exact(process.uptime()),
    machineUptime: exact(os.uptime()),
  };
}

/** What the next start needs to know of this run. */
export function describeRun(
  files: KernelFiles,
  self: ProcessIdentity,
  run: number,
  intervalMs: number,
  fatal: string | null,
): Run {
  const folder = ownCgroup(files)?.folder;
  const inode = folder === undefined ? null : inodeOf(folder);
  return {
    ...self,
    run,
    startedAt: Math.round(Date.now() - process.uptime() * 1000),
    intervalMs,
    machineUptime: os.uptime(),
    cgroup: folder === undefined || inode === null ? null : { folder, inode },
    fatal,
  };
}

function inodeOf(folder: string): number | null {
  return fs.statSync(folder, { throwIfNoEntry: false })?.ino ?? null;
}
