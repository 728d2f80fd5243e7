import type { BoxSample } from './box-sample';
import type { FatalReport } from './fatal-report';
import type { KernelLog } from './kernel-log';

/**
 * How a run ended. `exit`: it ended itself with an error code, without an exception. `reboot`: the machine lost power,
 * crashed or was restarted before the run was told to end. `unknown` is an honest answer: kill -9 leaves no trace.
 */
export const CAUSES = ['clean', 'crash', 'exit', 'heap-limit', 'oom-kill', 'reboot', 'unknown'] as const;
export type Cause = (typeof CAUSES)[number];

/** What a run wrote down when it ended, as far as it could. */
export interface LastWords {
  crash: { name: string; message: string; origin: string; at: string } | null;
  exitCode: number | null;
  /** Its node was stopped, and this process recorded no more: by a deploy or a shutdown, or because it was deleted. */
  paused: 'stopped' | 'removed' | null;
}

/** What is known of a run that has ended. */
export interface EndedRun {
  pid: number;
  boot: string | null;
  /** Its pids are those of the kernel's log. */
  machinePids: boolean;
  cgroup: { folder: string; inode: number } | null;
  words: LastWords;
  /** Node.js would have written a report, had V8 given up. */
  fatalArmed: boolean;
  last: BoxSample | null;
  /** Machine's uptime in seconds at its first and last record. */
  firstMachineUptime: number | null;
  lastMachineUptime: number | null;
}

/** What the system tells now. */
export interface Surroundings {
  boot: string | null;
  machineUptime: number;
  fatal: FatalReport | null;
  /** Kills counted in a cgroup; null where it is gone or another one of the same name. */
  cgroupKills(cgroup: { folder: string; inode: number }): number | null;
  machineKills: number | null;
  kernelLog(): KernelLog | null;
}

export interface Verdict {
  cause: Cause;
  /** Where the cause is unknown: what the figures hint at, without proof. */
  likely: Cause | null;
  /** In plain words, the strongest first. */
  evidence: string[];
}

/** The clocks of log and records run apart by the time a machine slept. */
const CLOCK_SLACK_SECONDS = 5;
/** At less headroom than this, memory is a likely cause of an end that nothing explains. */
const LITTLE_PERCENT = 5;

/** Judges by proof only: what a run wrote, what Node.js wrote for it, what the kernel tells. Else the cause is unknown. */
export function judge(run: EndedRun, now: Surroundings): Verdict {
  return (
    byWords(run.words) ??
    byFatalReport(run, now) ??
    byKernel(run, now) ??
    byBoot(run, now) ??
    unknown(run, now)
  );
}

function proven(cause: Cause, ...evidence: string[]): Verdict {
  return { cause, likely: null, evidence };
}

function byWords({ crash, exitCode }: LastWords): Verdict | null {
  if (crash) {
    const kind = crash.origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
    const where = crash.at === '' ? '' : ` (${crash.at})`;
    return proven('crash', `an ${kind} ended it: ${crash.name}: ${crash.message}${where}`);
  }
  if (exitCode === 0) return proven('clean', 'it was told to end and marked its end, with exit code 0');
  return exitCode === null
    ? null
    : proven('exit', `it ended itself with exit code ${exitCode}, without an exception`);
}

function byFatalReport({ pid }: EndedRun, { fatal }: Surroundings): Verdict | null {
  if (fatal?.pid !== pid) return null;
  const words = `Node.js wrote a report when it gave up (${fatal.trigger}): ${fatal.event}`;
  const memory = fatal.trigger === 'OOMError' || /out of memory|heap limit/i.test(fatal.event);
  return proven(memory ? 'heap-limit' : 'crash', words);
}

function byKernel(run: EndedRun, now: Surroundings): Verdict | null {
  if (!sameBoot(run, now)) return null;
  const log = run.machinePids ? now.kernelLog() : null;
  const since = run.firstMachineUptime ?? Number.POSITIVE_INFINITY;
  const kill = log?.kills.find(({ pid, at }) => pid === run.pid && at >= since - CLOCK_SLACK_SECONDS);
  if (kill) return proven('oom-kill', `the kernel's log says: ${kill.text}`);
  const counted = killsSince(run, now);
  if (counted === 0 || (log && covers(log, run))) return null; // none was killed, or others by the log
  const alone = run.last?.cgroupProcesses === 1;
  return alone ? proven('oom-kill', killsInWords(counted), 'it was alone in its cgroup') : null;
}

/** The log still has what was said when the run was last heard of. */
function covers(log: KernelLog, { lastMachineUptime }: EndedRun): boolean {
  return lastMachineUptime !== null && log.from < lastMachineUptime - CLOCK_SLACK_SECONDS;
}

/** Kills in the run's cgroup since its last sample; 0 too where none can be seen. */
function killsSince({ cgroup, last }: EndedRun, now: Surroundings): number {
  const counted = cgroup && now.cgroupKills(cgroup);
  if (counted === null || last === null || last.cgroupKills === null) return 0;
  return Math.max(0, counted - last.cgroupKills);
}

function killsInWords(kills: number): string {
  const times = kills === 1 ? 'one kill' : `${kills} kills`;
  return `the kernel has counted ${times} for want of memory in its cgroup since its last sample`;
}

function byBoot(run: EndedRun, now: Surroundings): Verdict | null {
  if (run.boot !== null && now.boot !== null) {
    if (run.boot === now.boot) return null;
    return proven(
      'reboot',
      'the machine has started again since its last record (another boot id), and it wrote no last words',
    );
  }
  if (run.lastMachineUptime === null || now.machineUptime >= run.lastMachineUptime) return null;
  return proven(
    'reboot',
    'the machine has started again since its last record (its uptime is lower), and it wrote no last words',
  );
}

function sameBoot(run: EndedRun, now: Surroundings): boolean {
  return run.boot !== null && run.boot === now.boot;
}

function unknown(run: EndedRun, now: Surroundings): Verdict {
  const { last, fatalArmed } = run;
  const evidence = [silence(run.words)];
  if (fatalArmed) evidence.push('V8 did not give up: Node.js wrote no report');
  const low = last?.headroomPercent != null && last.headroomPercent < LITTLE_PERCENT;
  if (low)
    evidence.push(`little was left at its last sample: ${last.headroomPercent} % of the ${last.nearest}`);
  const kernel = sameBoot(run, now) ? kernelHints(run, now, low) : null;
  if (kernel) evidence.push(...kernel.evidence);
  const heap: Cause | null = !fatalArmed && low && last.nearest === 'heap' ? 'heap-limit' : null;
  return { cause: 'unknown', likely: kernel?.likely ?? heap, evidence };
}

function silence({ paused }: LastWords): string {
  if (paused === 'removed') return 'its node was deleted, and nothing recorded from then on';
  if (paused) return 'its node had been stopped, by a deploy or a shutdown that did not finish';
  return 'it wrote no last words: killed from outside (kill -9), or ended in native code';
}

/** What the kernel tells that is no proof. */
function kernelHints(run: EndedRun, now: Surroundings, low: boolean): Pick<Verdict, 'likely' | 'evidence'> {
  const log = run.machinePids ? now.kernelLog() : null;
  if (log && covers(log, run)) {
    return { likely: null, evidence: ["the kernel's log names no kill of it for want of memory"] };
  }
  const inCgroup = killsSince(run, now);
  if (inCgroup > 0) {
    const others = 'but other processes were in it too, and one of them may be meant';
    return { likely: 'oom-kill', evidence: [killsInWords(inCgroup), others] };
  }
  const before = run.last?.machineKills ?? null;
  if (before === null || now.machineKills === null) return { likely: null, evidence: [] };
  const kills = now.machineKills - before;
  const many = kills > 0 ? `${kills} on this machine` : 'nothing';
  return {
    likely: kills > 0 && low ? 'oom-kill' : null,
    evidence: [`the kernel has killed ${many} for want of memory since its last sample`],
  };
}
