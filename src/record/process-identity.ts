import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { kernelFiles } from '../sample/files';
import { readProcess } from '../sample/processes';
import type { Owner, ProcessIdentity } from './header';

/** The pid namespace of the machine itself, the same on every Linux: pids there are those of the kernel's log. */
export const MACHINE_PID_SPACE = 'pid:[4026531836]';

function attempt(read: () => string): string | null {
  try {
    return read().trim() || null;
  } catch {
    return null;
  }
}

/** This process, so that no other of the same pid is taken for it. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTicks: readProcess(kernelFiles(), process.pid)?.startTicks ?? null,
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    pidSpace: attempt(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whose files this user folder's are. */
export function ownerOf(folder: string): Owner {
  const machine = attempt(() => readFileSync('/etc/machine-id', 'latin1')) ?? '';
  return { machine: machine.slice(0, 64), host: os.hostname().slice(0, 255), folder: folder.slice(0, 1000) };
}

/**
 * Two gateways made from one card, or a folder copied: not the same owner. Another host name alone is: a container made
 * anew has another each time.
 */
export function sameOwner(a: Owner, b: Owner): boolean {
  return a.folder === b.folder && (a.machine === b.machine || a.machine === '' || b.machine === '');
}

export function sameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks && a.boot === b.boot && a.pidSpace === b.pidSpace;
}

/**
 * Whether a process that wrote a file lives. `unsure` where that cannot be seen from here: it may be in another
 * container or on another machine, or the system does not tell when a process of its pid started.
 */
export function livesOn(
  writer: ProcessIdentity,
  self: ProcessIdentity,
  sameHost: boolean,
): 'yes' | 'no' | 'unsure' {
  if (writer.boot !== self.boot) return sameHost ? 'no' : 'unsure'; // what ran before a reboot runs no more
  if (writer.pidSpace !== self.pidSpace) return 'unsure';
  if (writer.startTicks !== null) {
    const files = kernelFiles();
    const sameStart = readProcess(files, writer.pid)?.startTicks === writer.startTicks;
    // A dead process stays listed until its parent has taken notice.
    return sameStart && !/\) [ZX] /.test(files.read(`/proc/${writer.pid}/stat`) ?? '') ? 'yes' : 'no';
  }
  try {
    process.kill(writer.pid, 0);
    return 'unsure';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unsure' : 'no';
  }
}
