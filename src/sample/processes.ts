import { basename } from 'node:path/posix';
import type { KernelFiles } from './files';
import { type MemoryShares, NO_SHARES, readShares } from './shares';
import { numberAfter } from './text';

/** Where a process stands in the tree. A pid is used again after a while; pid and start together are not. */
export interface ProcessEntry {
  pid: number;
  ppid: number;
  /** The kernel's name of it, cut at 15 characters. */
  name: string;
  /** Clock ticks from boot to its start. */
  startTicks: number;
}

/** A process and its memory, in bytes; null for what the system does not tell or does not let us read. */
export interface ProcessMemory extends ProcessEntry, MemoryShares {
  /** Its command line, cut at 200 characters. Empty for kernel threads. */
  command: string;
  uptimeSeconds: number | null;
  rss: number | null;
}

/** Linux tells clock ticks in hundredths of a second on every architecture Node.js runs on. */
const TICKS_PER_SECOND = 100;
const LONGEST_COMMAND = 200;

/** One process as `/proc/PID/stat` tells it; null where there is none. */
export function readProcess(files: KernelFiles, pid: number): ProcessEntry | null {
  const stat = files.read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const nameEnd = stat.lastIndexOf(')'); // a name may hold spaces and parentheses itself
  const name = stat.slice(stat.indexOf('(') + 1, nameEnd);
  const fields = stat.slice(nameEnd + 2).split(' ');
  const ppid = Number(fields[1]);
  const startTicks = Number(fields[19]);
  return nameEnd > 0 && Number.isInteger(ppid) && Number.isInteger(startTicks)
    ? { pid, ppid, name, startTicks }
    : null;
}

/** Every process that can be seen; null where the system has no `/proc`. */
export function listProcesses(files: KernelFiles): ProcessEntry[] | null {
  const names = files.list('/proc');
  if (names === null) return null;
  const processes: ProcessEntry[] = [];
  for (const name of names) {
    const pid = Number(name);
    const entry = Number.isInteger(pid) ? readProcess(files, pid) : null;
    if (entry) processes.push(entry); // one that ended since the listing is simply not there
  }
  return processes;
}

/** A process and everything that descends from it, parents before children. Empty where the root is not listed. */
export function treeOf(root: number, processes: readonly ProcessEntry[]): ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of processes) {
    const siblings = children.get(entry.ppid);
    if (siblings) siblings.push(entry);
    else children.set(entry.ppid, [entry]);
  }
  // A set: pids used again while the listing is read can make processes each other's parents.
  const tree = new Set(processes.filter(({ pid }) => pid === root));
  for (const entry of tree) for (const child of children.get(entry.pid) ?? []) tree.add(child);
  return [...tree];
}

/**
 * The processes a person means by a name: that of the program (`python3`), or of the script it runs
 * (`sensor.py`). Oldest first.
 */
export function namedProcesses(
  files: KernelFiles,
  name: string,
  processes: readonly ProcessEntry[],
): ProcessEntry[] {
  return processes
    .filter((entry) => entry.name === name || namesOf(files, entry.pid).includes(name))
    .sort((a, b) => a.startTicks - b.startTicks);
}

/** Programs that run a script named behind them; `tail -f sensor.py` is no sensor.py. */
const INTERPRETER = /^(?:python|pypy|node|deno|bun|ruby|perl|php|lua|java|bash|dash|ash|sh)[\d.]*$/;

/** Program and script of a command line. The script: the first word that is no option, or that looks like a file. */
function namesOf(files: KernelFiles, pid: number): string[] {
  const [program = '', ...args] = (files.read(`/proc/${pid}/cmdline`) ?? '').split('\0');
  const name = basename(program);
  if (!INTERPRETER.test(name)) return [name];
  const words = args.filter((arg) => arg !== '' && !arg.startsWith('-'));
  return [name, ...[words[0], words.find((word) => /[./]/.test(word))].map((word) => basename(word ?? ''))];
}

/** The memory of a process; null where it has ended, or another has taken its pid since it was listed. */
export function readMemory(files: KernelFiles, entry: ProcessEntry, shares: boolean): ProcessMemory | null {
  const status = files.read(`/proc/${entry.pid}/status`);
  const still = readProcess(files, entry.pid);
  if (status === null || still?.startTicks !== entry.startTicks) return null;
  const detail = shares ? readShares(files, entry.pid) : NO_SHARES;
  return {
    ...still,
    command: commandOf(files, entry.pid),
    uptimeSeconds: uptimeOf(files, entry),
    rss: numberAfter(status, 'VmRSS') ?? (/^VmSize/m.test(status) ? null : 0), // kernel threads and zombies have none
    ...detail,
  };
}

function commandOf(files: KernelFiles, pid: number): string {
  const words = (files.read(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim();
  return words.length > LONGEST_COMMAND ? `${words.slice(0, LONGEST_COMMAND)}…` : words;
}

function uptimeOf(files: KernelFiles, { startTicks }: ProcessEntry): number | null {
  const sinceBoot = Number.parseFloat(files.reread('/proc/uptime') ?? '');
  return Number.isFinite(sinceBoot)
    ? Math.max(0, Math.round((sinceBoot - startTicks / TICKS_PER_SECOND) * 100) / 100)
    : null;
}
