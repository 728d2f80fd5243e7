import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import v8 from 'node:v8';

/** What the collector did in a stretch of time. Counts, and pauses in ms (incremental steps count as pauses). */
export interface GcFigures {
  minor: number;
  major: number;
  pauseMs: number;
  maxPauseMs: number;
}

/** What a collection is, in the words of OpenTelemetry's `v8js.gc.type`. */
export type CollectionType = 'minor' | 'major' | 'incremental' | 'weakcb';

/** V8's minor mark-sweep, from Node.js 24; perf_hooks has no constant for it. */
const MINOR_MARK_SWEEP = 2;

const TYPES = new Map<number, CollectionType>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [MINOR_MARK_SWEEP, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** What the one observer of this process keeps. Windows that only look on do not keep it running. */
const windows = new Set<GcWindow>();
let observer: PerformanceObserver | null = null;
let observing = 0;
let liveHeap: number | null = null;

export interface GcWindowOptions {
  /** Look on only while somebody else observes; costs nothing otherwise. Default false. */
  passive?: boolean;
  /** Called after each batch of collections has been counted; `major` when a full one was among them. */
  onCollections?: (major: boolean) => void;
  /** Called for every single collection. */
  onCollection?: (type: CollectionType, pauseMs: number) => void;
}

/**
 * A view of this process's collections since the view was last read. All windows share one observer, which
 * starts with the first of them and disconnects with the last. Every entry of a batch counts.
 */
export class GcWindow {
  readonly #passive: boolean;
  /** @internal */
  readonly onCollections: ((major: boolean) => void) | undefined;
  readonly #onCollection: GcWindowOptions['onCollection'];
  #figures = none();
  #open = true;

  constructor({ passive = false, onCollections, onCollection }: GcWindowOptions = {}) {
    this.#passive = passive;
    this.onCollections = onCollections;
    this.#onCollection = onCollection;
    windows.add(this);
    if (!passive) start();
  }

  /** The figures since the last call; null where nothing observes. */
  take(): GcFigures | null {
    if (!observer) return null;
    read(observer.takeRecords());
    const figures = this.#figures;
    this.#figures = none();
    return figures;
  }

  /** Bytes of heap that survived the last major collection; null before the first. */
  get liveHeap(): number | null {
    if (observer) read(observer.takeRecords());
    return liveHeap;
  }

  /** Ends the view. Closing twice does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    windows.delete(this);
    if (!this.#passive) stop();
  }

  /** @internal */
  add(type: CollectionType | undefined, pauseMs: number): void {
    const figures = this.#figures;
    if (type === 'major' || type === 'minor') figures[type] += 1;
    figures.pauseMs += pauseMs;
    if (pauseMs > figures.maxPauseMs) figures.maxPauseMs = pauseMs;
    if (type) this.#onCollection?.(type, pauseMs);
  }
}

function none(): GcFigures {
  return { minor: 0, major: 0, pauseMs: 0, maxPauseMs: 0 };
}

function start(): void {
  observing += 1;
  if (observer) return;
  observer = new PerformanceObserver((list) => read(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
}

function stop(): void {
  observing -= 1;
  if (observing > 0) return;
  observer?.disconnect();
  observer = null;
  liveHeap = null;
}

function read(entries: readonly PerformanceEntry[]): void {
  let sawMajor = false;
  for (const entry of entries) {
    const { kind } = (entry as PerformanceEntry & { detail: { kind: number } }).detail;
    const type = TYPES.get(kind);
    sawMajor ||= type === 'major';
    for (const window of windows) window.add(type, entry.duration);
  }
  // Entries arrive just after the collection, before much new garbage: 0.1 to 0.3 MB above the true figure.
  if (sawMajor) liveHeap = v8.getHeapStatistics().used_heap_size;
  if (entries.length > 0) for (const window of windows) window.onCollections?.(sawMajor);
}
