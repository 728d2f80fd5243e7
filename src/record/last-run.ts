import { type BoxSample, fromRow } from './box-sample';
import { type Cause, type EndedRun, judge, type LastWords, type Surroundings, type Verdict } from './cause';
import { type Growth, whatGrew } from './growth';
import { type Header, isRun, type PastRun, type Run } from './header';
import { type Loop, type LoopRule, loopOf, type Restarts, restartsOf } from './history';
import { MACHINE_PID_SPACE } from './process-identity';
import type { Found } from './read-ring';
import type { BoxRecord } from './slot';

/** How the last run ended, and what is known of its last minutes. */
export interface LastRun extends Verdict {
  /** One sentence for a person. */
  reason: string;
  /** Number of the run, counted by the file from 1. */
  run: number;
  pid: number;
  host: string;
  /** ms since the epoch, as the clock said then; null where the record of it was overwritten. */
  startedAt: number | null;
  /** Its last record. */
  lastSeenAt: number | null;
  uptimeSeconds: number;
  /** From its last record to the start of this run; null where the clocks do not tell. */
  downSeconds: number | null;
  restarts: Restarts;
  /** Set once for each restart loop, at the start that makes it one. */
  loop: Loop | null;
  /** Work should be held back: a restart loop goes on. */
  safeStart: boolean;
  /** The last minutes, oldest first. */
  samples: BoxSample[];
  grew: Growth[];
  /** The heaviest nodes and when they were weighed; null where nothing weighed them. */
  nodes: object[] | null;
  nodesAt: number | null;
  /** The nodes that held messages and when they were counted; null where nothing counted them. */
  held: object[] | null;
  heldAt: number | null;
  /** Records torn or damaged, which were skipped. */
  damaged: number;
  /** A heap snapshot that V8 wrote near the limit. */
  snapshot: string | null;
}

export interface LastRunOptions extends LoopRule {
  /** How much of the samples is told, in ms. */
  tellMs: number;
  /** The clock, now. */
  now: number;
  /** Finds the heap snapshot of a process. */
  snapshotOf(pid: number): string | null;
}

/** Of more, an even choice is told. */
const MOST_SAMPLES = 240;

/** What a file tells of the run before this one; null where there was none. */
export function lastRunOf(found: Found, around: Surroundings, options: LastRunOptions): LastRun | null {
  const { header, records } = found;
  const run = Math.max(header?.run?.run ?? 0, records.at(-1)?.run ?? 0);
  if (run === 0) return null;
  const own = records.filter((record) => record.run === run);
  const known = runOf(header, run, own);
  const ended = endedRun(known, own);
  const verdict = judge(ended, around);
  const last = own.at(-1);
  const uptimeSeconds = last?.uptime ?? 0;
  const downSeconds = downtime(ended, last, around, options.now);
  const past: PastRun[] = [...(header?.past ?? []), [uptimeSeconds, downSeconds, verdict.cause]];
  const loop = loopOf(past, options);
  const samples = lastMinutes(own, options.tellMs);
  const [nodes, held] = [lastList(own, 'nodes'), lastList(own, 'held')];
  return {
    ...verdict,
    reason: reasonOf(verdict, uptimeSeconds),
    run,
    pid: ended.pid,
    host: header?.owner.host ?? '',
    startedAt: known?.startedAt ?? null,
    lastSeenAt: last?.time ?? null,
    uptimeSeconds,
    downSeconds,
    restarts: restartsOf(past, run),
    loop: loop && !header?.loopReported ? loop : null,
    safeStart: loop !== null,
    samples,
    grew: whatGrew(samples),
    nodes: nodes.list,
    nodesAt: nodes.time,
    held: held.list,
    heldAt: held.time,
    damaged: found.damaged,
    snapshot: options.snapshotOf(ended.pid),
  };
}

/** A run as the header knows it, or, where that is older or damaged, as its first record does. */
function runOf(header: Header | null, run: number, own: readonly BoxRecord[]): Run | null {
  if (header?.run?.run === run) return header.run;
  const start = own.find(({ kind }) => kind === 'start')?.data;
  return isRun(start) ? start : null;
}

function endedRun(known: Run | null, own: readonly BoxRecord[]): EndedRun {
  const sample = own.findLast(({ kind }) => kind === 'sample');
  return {
    pid: known?.pid ?? own.at(-1)?.pid ?? 0,
    boot: known?.boot ?? null,
    machinePids: known?.pidSpace === MACHINE_PID_SPACE,
    cgroup: known?.cgroup ?? null,
    words: lastWords(own),
    fatalArmed: typeof known?.fatal === 'string',
    last: sample ? fromRow(sample.time, sample.uptime, sample.data) : null,
    firstMachineUptime: known?.machineUptime ?? own[0]?.machineUptime ?? null,
    lastMachineUptime: own.at(-1)?.machineUptime ?? known?.machineUptime ?? null,
  };
}

/** An application that has caught everything may take so long to end in order after an exception. */
const LAST_SECONDS = 60;

/**
 * Marks count only at the end: an exception that the process outlived, and a deploy that went on, are no end. But an error
 * code soon after an exception is the end that it made.
 */
function lastWords(own: readonly BoxRecord[]): LastWords {
  const lives = own.findLastIndex(({ kind }) => kind === 'sample' || kind === 'start' || kind === 'alive');
  const marks = own.slice(lives + 1);
  const [crash, end, pause] = (['crash', 'end', 'pause'] as const).map((kind) =>
    marks.findLast((each) => each.kind === kind),
  );
  const exitCode = end ? Number(Object(end.data).code) || 0 : null;
  const before = exitCode ? own.findLast((each) => isSoonBefore(each, end)) : undefined;
  const ended = crash ?? before;
  return {
    crash: ended ? crashOf(ended.data) : null,
    exitCode,
    paused: pause ? (Object(pause.data).removed ? 'removed' : 'stopped') : null,
  };
}

function isSoonBefore({ kind, uptime }: BoxRecord, end: BoxRecord | undefined): boolean {
  return kind === 'crash' && end !== undefined && end.uptime - uptime <= LAST_SECONDS;
}

/** The newest of the records that hold a list. */
function lastList(
  own: readonly BoxRecord[],
  kind: 'nodes' | 'held',
): { list: object[] | null; time: number | null } {
  const record = own.findLast((each) => each.kind === kind);
  return record && Array.isArray(record.data)
    ? { list: record.data, time: record.time }
    : { list: null, time: null };
}

function crashOf(data: unknown): NonNullable<LastWords['crash']> {
  const { name, message, origin, at } = Object(data) as Record<string, unknown>;
  const text = (part: unknown): string => (typeof part === 'string' ? part : '');
  return { name: text(name), message: text(message), origin: text(origin), at: text(at) };
}

/** By the machine's own uptime where it has not started again since; by the clock else, where that went forward. */
function downtime(
  { boot }: EndedRun,
  last: BoxRecord | undefined,
  around: Surroundings,
  now: number,
): number | null {
  if (!last) return null;
  const sameBoot = boot !== null && boot === around.boot;
  const seconds = sameBoot ? around.machineUptime - last.machineUptime : (now - last.time) / 1000;
  return seconds >= 0 ? Math.round(seconds * 10) / 10 : null;
}

function lastMinutes(own: readonly BoxRecord[], tellMs: number): BoxSample[] {
  const samples = own.filter(({ kind }) => kind === 'sample');
  const end = samples.at(-1)?.uptime ?? 0;
  const told = samples.filter(({ uptime }) => uptime >= end - tellMs / 1000);
  const step = Math.max(1, (told.length - 1) / (MOST_SAMPLES - 1));
  return Array.from({ length: Math.min(told.length, MOST_SAMPLES) }, (_, at) => told[Math.round(at * step)])
    .filter((record) => record !== undefined)
    .map(({ time, uptime, data }) => fromRow(time, uptime, data));
}

const WORDS: Readonly<Record<Cause, string>> = {
  clean: 'was told to end',
  crash: 'ended by an error that nothing caught',
  exit: 'ended itself with an error code',
  'heap-limit': 'ran out of heap: V8 reached its limit',
  'oom-kill': 'was killed by the kernel for want of memory',
  reboot: 'ended with the machine: a power cut, a crash of the system, or a hard restart',
  unknown: 'ended for a reason that nothing tells',
};

function reasonOf({ cause, likely }: Verdict, uptimeSeconds: number): string {
  const hint = likely ? ` (likely ${likely})` : '';
  return `the last run ${WORDS[cause]}${hint}, after ${spell(uptimeSeconds)}`;
}

function spell(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
