import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import { heapLimit } from '../sample/heap-limit';
import { type CollectionKind, CollectionUnavailable, type Execution, force, type Measured } from './force';
import { untilIdle } from './idle';

export interface CollectOptions {
  kind: CollectionKind;
  execution: Execution;
  /** Not again within this many ms of the last forced collection of this kind or a stronger one. Default 0. */
  minIntervalMs?: number;
  /** Only when at least this share of the heap limit is used, 0 to 100. Default 0. */
  minHeapPercent?: number;
  /** Wait for a quiet moment of the event loop, at most `maxWaitMs`; then collect whatever goes on. */
  whenIdle?: boolean;
  /** ms. Default 60000. */
  maxWaitMs?: number;
  /** Ends the waiting; what then comes back has the reason `stopped`. */
  signal?: AbortSignal;
}

/** Why nothing was collected. */
export type NotCollected = 'cooldown' | 'below' | 'stopped' | 'unavailable';

/** One answer to one asking. Bytes, and ms. */
export interface Collection {
  collected: boolean;
  reason: NotCollected | null;
  /** What ran; of `minor` and `major` the stronger, when the run was shared. */
  kind: CollectionKind;
  /** Heap bytes freed, as V8 counted them; memory outside the heap and RSS: compare `before` and `after`. */
  freed: number;
  pauseMs: number;
  before: NodeJS.MemoryUsage;
  after: NodeJS.MemoryUsage;
  /** Another caller had started this run. */
  shared: boolean;
  /** The event loop was quiet when it ran; null when nobody asked for that. */
  idle: boolean | null;
  /** How long it waited for quiet. */
  waitedMs: number;
}

type Run = { kind: CollectionKind; done: Promise<Measured & { before: NodeJS.MemoryUsage }> };

/** One collection at a time in this process, however many ask. */
let running: Run | null = null;
const lastAt: Record<CollectionKind, number> = {
  minor: Number.NEGATIVE_INFINITY,
  major: Number.NEGATIVE_INFINITY,
};

/**
 * Collects garbage, if the conditions are met, and tells what came of it. While a collection runs, later
 * callers share its result; one who asks for more than is running (major during minor) waits and runs his own.
 * Never rejects for want of a collector: the reason is then `unavailable`.
 */
export async function collect(options: CollectOptions): Promise<Collection> {
  const { kind, whenIdle = false, maxWaitMs = 60_000, signal } = options;
  const asked = performance.now();
  const before = process.memoryUsage();

  function answer(rest: Partial<Collection>): Collection {
    const waitedMs = whenIdle ? Math.round(performance.now() - asked) : 0;
    const nothing = { collected: false, reason: null, freed: 0, pauseMs: 0, shared: false, idle: null };
    return { ...nothing, kind, before, after: before, waitedMs, ...rest };
  }

  // Before waiting, so that a caller who would be refused anyway does not wait; after it, because time passed.
  let reason = refusal(options);
  let idle: boolean | null = null;
  if (!reason && whenIdle) {
    const outcome = await untilIdle(maxWaitMs, signal);
    if (outcome === 'stopped') return answer({ reason: 'stopped' });
    idle = outcome === 'idle';
    reason = refusal(options);
  }
  if (reason) return answer({ reason, idle });

  const waitedMs = whenIdle ? Math.round(performance.now() - asked) : 0;
  if (running?.kind === 'minor' && kind === 'major') await running.done.catch(() => null);
  const shared = running !== null;
  const run = running ?? start(kind, options.execution);
  try {
    const { before: memory, ...measured } = await run.done;
    return answer({
      collected: true,
      ...measured,
      kind: run.kind,
      before: memory,
      after: process.memoryUsage(),
      shared,
      idle,
      waitedMs,
    });
  } catch (error) {
    if (error instanceof CollectionUnavailable) return answer({ reason: 'unavailable', idle, waitedMs });
    throw error;
  }
}

function start(kind: CollectionKind, execution: Execution): Run {
  const before = process.memoryUsage();
  const done = force(kind, execution)
    .then((measured) => {
      lastAt[kind] = performance.now();
      return { ...measured, before };
    })
    .finally(() => {
      running = null;
    });
  running = { kind, done };
  return running;
}

function refusal({ kind, minIntervalMs = 0, minHeapPercent = 0 }: CollectOptions): NotCollected | null {
  if (minHeapPercent > 0 && heapPercent() < minHeapPercent) return 'below';
  const last = kind === 'minor' ? Math.max(lastAt.minor, lastAt.major) : lastAt.major;
  // Who asks while a collection runs shares it: that is not one more.
  return !running && performance.now() - last < minIntervalMs ? 'cooldown' : null;
}

function heapPercent(): number {
  const { used_heap_size, heap_size_limit } = v8.getHeapStatistics();
  return (used_heap_size / (heapLimit(heap_size_limit) ?? heap_size_limit)) * 100;
}
