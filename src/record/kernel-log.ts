import fs from 'node:fs';

/** A kill for want of memory, as the kernel's log tells it. */
export interface KernelKill {
  pid: number;
  /** Seconds since the machine started. */
  at: number;
  text: string;
}

export interface KernelLog {
  kills: KernelKill[];
  /** Seconds since the machine started of the oldest line that is still there. */
  from: number;
}

const DEVICE = '/dev/kmsg';
/** Longer than a line can be: the kernel refuses to hand out less than one. */
const LINE_BYTES = 16_384;
/** A log of some MB has this many. */
const MOST_LINES = 50_000;

/**
 * The kills in the kernel's log since the machine started; null where it may not be read, as in most containers and for
 * users whom `kernel.dmesg_restrict` keeps out. Reads what is there, and never waits for more.
 */
export function readKernelLog(): KernelLog | null {
  let fd: number;
  try {
    fd = fs.openSync(DEVICE, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    return null;
  }
  const line = Buffer.allocUnsafe(LINE_BYTES);
  const lines: string[] = [];
  try {
    for (let count = 0; count < MOST_LINES; count += 1) {
      const length = nextLine(fd, line);
      if (length === null) break;
      const text = line.toString('latin1', 0, length);
      if (lines.length === 0 || /killed process/i.test(text)) lines.push(text);
    }
  } finally {
    fs.closeSync(fd);
  }
  return parseKernelLog(lines);
}

function nextLine(fd: number, into: Buffer): number | null {
  for (;;) {
    try {
      const length = fs.readSync(fd, into, 0, into.length, null);
      return length > 0 ? length : null;
    } catch (error) {
      // EPIPE: lines were overwritten while we read; the next read goes on behind them. EAGAIN: that was all.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return null;
    }
  }
}

/** Lines as /dev/kmsg hands them out: `6,339,5140900,-;text`, the third figure µs since the start. */
export function parseKernelLog(lines: readonly string[]): KernelLog | null {
  let from: number | null = null;
  const kills: KernelKill[] = [];
  for (const line of lines) {
    const [, micros, text = ''] = /^\d+,\d+,(\d+),[^;]*;([^\n]*)/.exec(line) ?? [];
    if (micros === undefined) continue;
    const at = Number(micros) / 1e6;
    from ??= at;
    const [, pid] =
      /^(?:Memory cgroup out of memory|Out of memory)\b.*?: Killed process (\d+)\b/.exec(text) ?? [];
    if (pid !== undefined) kills.push({ pid: Number(pid), at, text: text.slice(0, 200) });
  }
  return from === null ? null : { kills, from };
}
