import type { KernelFiles } from '../../src';

export interface FakeProcess {
  ppid?: number;
  name?: string;
  startTicks?: number;
  command?: string[];
  rssKb?: number;
  /** Missing: the system denies it, as for another user's process. */
  pssKb?: number;
}

/** A `/proc` of processes that a test starts and ends as it likes. */
export function fakeProc(processes: Map<number, FakeProcess>): KernelFiles {
  function read(path: string): string | null {
    if (path === '/proc/uptime') return '1000.00 4000.00\n';
    if (path === '/proc/self/stat') return '1 (self) S 0';
    const [, pid, file] = /^\/proc\/(\d+)\/(\w+)$/.exec(path) ?? [];
    const entry = processes.get(Number(pid));
    if (!entry || file === undefined) return null;
    const { ppid = 1, name = 'sleep', startTicks = 5000, command = [name], rssKb = 1000, pssKb } = entry;
    const middle = Array(17).fill('0').join(' ');
    const files: Record<string, string | null> = {
      stat: `${pid} (${name}) S ${ppid} ${middle} ${startTicks} 0 0\n`,
      status: `Name:\t${name}\nVmSize:\t  9999 kB\nVmRSS:\t  ${rssKb} kB\n`,
      cmdline: `${command.join('\0')}\0`,
      smaps_rollup:
        pssKb === undefined
          ? null
          : `Rss: ${rssKb} kB\nPss: ${pssKb} kB\nPrivate_Clean: 1 kB\nPrivate_Dirty: 2 kB\nSwap: 0 kB\n`,
    };
    return files[file] ?? null;
  }
  return {
    read,
    reread: read,
    list: (path) => (path === '/proc' ? ['self', 'meminfo', ...[...processes.keys()].map(String)] : null),
    close() {},
  };
}
