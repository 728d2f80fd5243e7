import { Session } from 'node:inspector';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { flagsFrozen } from './frozen';

export const KINDS = ['minor', 'major'] as const;
export type CollectionKind = (typeof KINDS)[number];
export const EXECUTIONS = ['sync', 'async'] as const;
/** `once` finds out what is live, at the price of one collection: in the call, and pages are kept. */
export type Execution = (typeof EXECUTIONS)[number] | 'once';

/** What V8 itself counted of one or more forced collections. Bytes of heap, ms of pause. */
export interface Measured {
  /** Heap bytes used before minus after, summed over the collections. Memory outside the heap is not in it. */
  freed: number;
  /** Time the collector stood in the way of JavaScript. */
  pauseMs: number;
}

/** Nothing in this process can start a collection: flags are frozen and the inspector is refused. */
export class CollectionUnavailable extends Error {
  constructor(cause?: unknown) {
    super('this process allows no forced collection: V8 flags are frozen and the inspector is refused', {
      cause,
    });
    this.name = 'CollectionUnavailable';
  }
}

type Collect = (options?: { type: string; execution?: string; flavor?: string } | boolean) => void;
let collect: Collect | null | undefined;

/** V8 12 (Node.js 22) reads `gc({type, execution, flavor})`; V8 11 (Node.js 20) takes any bag for "minor". */
const READS_OPTIONS = Number.parseInt(process.versions.v8, 10) >= 12;

/**
 * V8's own `gc` without `--expose-gc` on the command line. The flag is put back at once: while it is set, every
 * new context, such as that of a function node, would get a global `gc`.
 */
function exposed(): Collect | null {
  if (collect === undefined) {
    const own = (globalThis as { gc?: Collect }).gc;
    if (own) collect = own;
    else if (flagsFrozen()) collect = null;
    else {
      v8.setFlagsFromString('--expose-gc');
      collect = (runInNewContext('typeof gc === "function" ? gc : null') ?? null) as Collect | null;
      v8.setFlagsFromString('--no-expose-gc');
    }
  }
  return collect;
}

/** Runs `work` under V8's own profiler; only collections of the asked kind count. */
async function measure(kind: CollectionKind, work: () => void | Promise<void>): Promise<Measured> {
  const profiler = new v8.GCProfiler();
  profiler.start();
  let statistics: ReturnType<typeof profiler.stop>['statistics'] = [];
  try {
    // No await for synchronous work: it must be done when the caller gets its promise.
    const pending = work();
    if (pending) await pending;
  } finally {
    statistics = profiler.stop()?.statistics ?? [];
  }
  const measured = { freed: 0, pauseMs: 0 };
  for (const { gcType, cost, beforeGC, afterGC } of statistics) {
    // A natural scavenge may come between posting and running a full collection.
    if ((gcType === 'MarkSweepCompact') !== (kind === 'major')) continue;
    measured.freed += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
    measured.pauseMs += cost / 1000;
  }
  return measured;
}

/**
 * Makes V8 collect now, with no command-line flag.
 *
 * minor: one scavenge, in the call.
 * major, async: the inspector's collection, in a task of its own right after the current one. It repeats until
 * nothing more is freed, shrinks new space and gives empty pages back to the system: the strongest there is.
 * major, sync: in the call. Gives pages back on Node.js 22 and later; Node.js 20 frees, and keeps more of the
 * pages for itself.
 * major, once: in the call, one collection and no more, which on Node.js 22 and later is half the pause of sync.
 *
 * @throws CollectionUnavailable where V8's flags are frozen and the inspector is refused (`--permission`).
 */
export function force(kind: CollectionKind, execution: Execution): Promise<Measured> {
  if (kind === 'major' && execution === 'async') return measure(kind, throughInspector);
  if (kind === 'major' && execution === 'once')
    return measure(kind, () => (collectOnce() === null ? throughInspector() : undefined));
  return measure(kind, () => inCall(kind));
}

function inCall(kind: CollectionKind): void | Promise<void> {
  const gc = exposed();
  if (!gc) return throughInspector();
  if (kind === 'minor') gc({ type: 'minor' });
  else if (READS_OPTIONS) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  else gc();
}

/** Makes `collectOnce` quick: the first use makes a context, about 1 ms. */
export function prepareCollectOnce(): void {
  exposed();
}

/**
 * One full collection in the call, as V8 would run it at its own limit: it gives no more pages back than that.
 * Returns its ms; null where V8's `gc` cannot be had.
 */
export function collectOnce(): number | null {
  const gc = exposed();
  if (!gc) return null;
  const start = performance.now();
  gc();
  return performance.now() - start;
}

async function throughInspector(): Promise<void> {
  const session = new Session();
  try {
    session.connect();
  } catch (cause) {
    const gc = exposed();
    if (!gc) throw new CollectionUnavailable(cause);
    return inCall('major');
  }
  try {
    await new Promise<void>((resolve, reject) => {
      session.post('HeapProfiler.collectGarbage', (error) => {
        // Disconnecting inside this callback deadlocks the process on every version: leave it first.
        setImmediate(() => (error ? reject(error) : resolve()));
      });
    });
  } finally {
    session.disconnect();
  }
}
