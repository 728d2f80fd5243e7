import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../src/trend/statistics';
import { type Cgroup, makeCgroup } from '../test/support/cgroup';
import { type NodeRed, type Report, startNodeRed } from '../tools/node-red/start';
import type { Told, Workload } from './workloads/workload';

const MB = 1_048_576;
/** After the sources have finished, for what is still under way. */
const DRAIN_MS = 3_000;
const LOOK_MS = 100;
const ASK_EVERY = 5;

export interface Pauses {
  count: number;
  totalMs: number;
  longestMs: number;
}

/** How one run went. */
export interface Outcome {
  /** From the start of the flows to the end; null where it lived. */
  diedAfterMs: number | null;
  /** `the heap was full`, `the kernel`, else the code it ended with. */
  by: string | null;
  ranMs: number;
  /** Of Node-RED and its children together; null where the system does not tell. */
  peakBytes: number | null;
  sent: number;
  arrived: number;
  shed: number;
  p99Ms: number | null;
  /** The last that it told. */
  pauses: Pauses | null;
  events: Record<string, number>;
}

/** Adds up what the nodes of a workload tell. */
export class Tally {
  sent = 0;
  arrived = 0;
  shed = 0;
  finished = false;
  readonly events: Record<string, number> = {};
  readonly #delays: number[] = [];

  /** Takes what a status says; those of other nodes are left alone. */
  take(text: string | undefined): void {
    if (!text?.startsWith('{')) return;
    const { sent, finished, arrived, delays, shed, events }: Told = JSON.parse(text);
    this.sent = sent ?? this.sent;
    this.finished ||= finished ?? false;
    this.arrived = arrived ?? this.arrived;
    this.shed = shed ?? this.shed;
    for (const delay of delays ?? []) this.#delays.push(delay);
    Object.assign(this.events, events);
  }

  get done(): boolean {
    return this.finished && this.arrived + this.shed >= this.sent;
  }

  get p99Ms(): number | null {
    if (this.#delays.length === 0) return null;
    return quantile(Float64Array.from(this.#delays).sort(), 0.99);
  }
}

/** Runs a workload for as long as it sends, or lives. */
export async function survive(workload: Workload, ours: boolean, lastsMs: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-survival-'));
  const cgroup = makeCgroup('survival', workload.containerMb * MB);
  try {
    workload.prepare?.(folder);
    const red = await startNodeRed({
      flows: workload.flows({ ours, lastsMs, folder }),
      ...(workload.heapMb ? { nodeArgs: [`--max-old-space-size=${workload.heapMb}`] } : {}),
      ...(cgroup ? { launcher: cgroup.launcher } : {}),
    });
    try {
      return await watch(red, lastsMs);
    } finally {
      await red.stop();
    }
  } finally {
    await remove(cgroup);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watch(red: NodeRed, lastsMs: number): Promise<Outcome> {
  const tally = new Tally();
  const take = (report: Report): void => {
    if (report.kind === 'status') tally.take(report.status.text);
  };
  for (const report of red.reports) take(report);
  red.child.on('message', take);

  const begun = Date.now();
  let pauses: Pauses | null = null;
  let peakBytes: number | null = null;
  let finishedAt: number | null = null;
  let asking = false;
  for (let look = 0; !red.end; look += 1) {
    const now = Date.now();
    peakBytes = larger(peakBytes, residentBytes(red.pid));
    if (tally.finished) finishedAt ??= now;
    if (tally.done && now - begun >= DRAIN_MS) break;
    // A run that does not finish by itself (a file that is read, a loop that hangs) has its time too.
    if (now - begun > lastsMs + DRAIN_MS && (finishedAt === null || now - finishedAt > DRAIN_MS)) break;
    if (look % ASK_EVERY === 0 && !asking) {
      asking = true;
      red
        .ask<Pauses>('pauses')
        .then((answer) => {
          pauses = answer;
        })
        .catch(() => {}) // it has ended, or is too busy to answer
        .finally(() => {
          asking = false;
        });
    }
    await pause(LOOK_MS);
  }
  const ranMs = Date.now() - begun;
  const { sent, arrived, shed, p99Ms, events } = tally;
  return {
    ...{ diedAfterMs: red.end ? ranMs : null, by: causeOf(red), ranMs, peakBytes },
    ...{ sent, arrived, shed, p99Ms, pauses, events },
  };
}

function causeOf({ end, log }: NodeRed): string | null {
  if (!end) return null;
  if (log.some((line) => /heap out of memory|heap limit/i.test(line))) return 'the heap was full';
  return end.signal === 'SIGKILL' ? 'the kernel' : `it ended with ${end.signal ?? end.code}`;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** Of a process and its children, and theirs. */
function residentBytes(pid: number): number | null {
  try {
    const own = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean);
    return children.reduce((sum, child) => sum + (residentBytes(Number(child)) ?? 0), own);
  } catch {
    return null;
  }
}

/** A cgroup can be removed once the last process in it is gone, such as an exec node's child. */
async function remove(cgroup: Cgroup | null): Promise<void> {
  for (let tries = 0; cgroup; tries += 1) {
    try {
      cgroup.remove();
      return;
    } catch (error) {
      if (tries === 50) throw error;
      await pause(LOOK_MS);
    }
  }
}
