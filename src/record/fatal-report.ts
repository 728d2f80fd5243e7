import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What Node.js wrote down when V8 or Node.js itself gave up. */
export interface FatalReport {
  pid: number;
  /** ms since the epoch. */
  time: number;
  /** V8's words: `Allocation failed - JavaScript heap out of memory`. */
  event: string;
  /** `OOMError` for an exhausted heap, `FatalError` else. */
  trigger: string;
}

/** What is told of a report lies in its first bytes; the rest is the state of the whole process. */
const HEAD_BYTES = 4096;

type ReportSettings = NonNullable<typeof process.report> & { excludeEnv?: boolean; excludeNetwork?: boolean };

interface Armed {
  path: string;
  users: number;
  restore(): void;
}

/** Node.js writes one report for a process: all boxes share the file of the first. */
let armed: Armed | null = null;

/** One box's part in the report. */
export interface ReportPart {
  path: string;
  /** Puts everything back with the last part, and removes the file where that is wanted. */
  release(removes: boolean): void;
}

/**
 * Has Node.js write its diagnostic report into this file, should V8 end the process: no JavaScript runs then any more, and
 * nobody else knows why. The file is made now, for its owner only, for a report holds the environment on Node.js 20. Null
 * where somebody else has switched such reports on: theirs stay as they are.
 */
export function armFatalReport(path: string): ReportPart | null {
  armed ??= arm(path);
  const mine = armed;
  if (!mine) return null;
  mine.users += 1;
  return {
    path: mine.path,
    release(removes) {
      mine.users -= 1;
      if (mine.users > 0) return;
      mine.restore();
      armed = null;
      if (removes) fs.rmSync(mine.path, { force: true });
    },
  };
}

function arm(path: string): Armed | null {
  const report = process.report as ReportSettings | undefined;
  if (!report || report.reportOnFatalError) return null;
  const { directory, filename, compact, excludeEnv, excludeNetwork } = report;
  try {
    fs.rmSync(path, { force: true });
    fs.closeSync(fs.openSync(path, 'wx', 0o600));
    report.directory = dirname(path);
    report.filename = basename(path);
    report.compact = true;
    if (excludeEnv !== undefined) report.excludeEnv = true;
    if (excludeNetwork !== undefined) report.excludeNetwork = true;
    report.reportOnFatalError = true;
  } catch {
    return null; // no room, or no right: then the heap limit cannot be told from a kill
  }
  return {
    path,
    users: 0,
    restore() {
      Object.assign(report, { reportOnFatalError: false, directory, filename, compact });
      if (excludeEnv !== undefined) report.excludeEnv = excludeEnv;
      if (excludeNetwork !== undefined) report.excludeNetwork = excludeNetwork;
    },
  };
}

/** What earlier runs left, by path: the first box to open makes the file anew, and the others ask too. */
const read = new Map<string, FatalReport | null>();

/** The report an earlier run left, by its name beside the box, as it was before this process began to write there. */
export function earlierReport(box: string, name: string | null): FatalReport | null {
  if (typeof name !== 'string') return null;
  const path = join(dirname(box), name);
  const known = read.get(path);
  if (known !== undefined) return known;
  const report = readFatalReport(path);
  read.set(path, report);
  return report;
}

/** Reads the head of a report, which may have been cut off anywhere; null where it says nothing. */
function readFatalReport(path: string): FatalReport | null {
  let text: string;
  try {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
    const head = Buffer.alloc(HEAD_BYTES);
    text = head.toString('utf8', 0, fs.readSync(fd, head, 0, HEAD_BYTES, 0));
    fs.closeSync(fd);
  } catch {
    return null;
  }
  const field = (name: string): string | undefined =>
    new RegExp(`"${name}": ?"?([^"\\n,}]*)`).exec(text)?.[1];
  const [event, trigger, pid, time] = ['event', 'trigger', 'processId', 'dumpEventTimeStamp'].map(field);
  if (!event || !trigger || !Number(pid) || !Number(time)) return null;
  return { pid: Number(pid), time: Number(time), event: event.slice(0, 200), trigger };
}
