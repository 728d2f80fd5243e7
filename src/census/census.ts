import { contextPlaces, type Uncounted } from '../contexts';
import { runningFlows } from '../contexts/places';
import { type FlowsView, type Ledger, runningNodes } from '../ledger';
import { type BufferHolder, bufferHolders } from './buffers';
import { type ContextCensus, ContextCounter, type ContextSize } from './contexts';
import { HeapCensus, type HeapFigures, type HeapOptions, type HeapRetainers } from './heap';
import { type InFlight, inFlight } from './in-flight';

export const CENSUS_PARTS = ['in-flight', 'contexts', 'heap', 'buffers'] as const;
export type CensusPart = (typeof CENSUS_PARTS)[number];

export interface CensusOptions {
  what: readonly CensusPart[];
  /** Most entries of each list. */
  top: number;
  /** Tell what was added since the census before. */
  compare: boolean;
  ledger: Ledger;
  flows: FlowsView;
  /** The stores that contexts may be kept in. */
  stores: readonly string[];
  /** Nodes that are left out of what is in flight: the one that asks holds the very message it was asked with. */
  except?: ReadonlySet<string>;
  /** Where heap snapshots may be written, and who is told before one is taken; without it `heap` is refused. */
  heap?: Pick<HeapOptions, 'folder' | 'announce' | 'room'>;
}

/** One census; what was not asked for is null. Bytes, and ms. */
export interface CensusResult {
  time: number;
  /** Since when messages are counted. */
  since: number;
  inFlight: InFlight[] | null;
  contexts: ContextSize[] | null;
  /** All contexts together, those beyond `top` too. */
  contextBytes: number | null;
  /** What of contexts could not be counted, and why. */
  uncounted: Uncounted[] | null;
  heap: HeapFigures | null;
  buffers: BufferHolder[] | null;
  /** All bytes in Buffers of this process, whoever holds them. */
  offHeapBytes: number | null;
}

/** The census was stopped before it was done. */
export class CensusStopped extends Error {
  constructor() {
    super('the census was stopped');
    this.name = 'CensusStopped';
  }
}

/**
 * Takes censuses until stopped, one at a time: who asks while one is running gets its result. Messages can only be
 * counted from when somebody asks for it, so it counts them from when it is made.
 */
export class Census {
  readonly #since = Date.now();
  readonly #unwatch: (() => void) | null;
  readonly #counter = new ContextCounter();
  readonly #stop = new AbortController();
  readonly #heap: HeapCensus | null;
  #running: Promise<CensusResult> | null = null;

  constructor(private readonly options: CensusOptions) {
    const { what, top, compare, heap } = options;
    const { signal } = this.#stop;
    if (what.includes('heap') && !heap)
      throw new TypeError('what: heap needs to be told a folder for its snapshots');
    this.#heap = what.includes('heap') && heap ? new HeapCensus({ ...heap, top, compare, signal }) : null;
    this.#unwatch = what.includes('in-flight') || what.includes('buffers') ? options.ledger.watch() : null;
  }

  /** Rejects with `CensusStopped` when it is stopped meanwhile, and where a snapshot cannot be written or read. */
  take(): Promise<CensusResult> {
    // A copy for each: what one flow does to its payload must not show in another's.
    if (this.#running) return this.#running.then((result) => structuredClone(result));
    this.#running = this.#take()
      .catch((error) => {
        this.#goOn();
        throw error;
      })
      .then((result) => {
        this.#goOn();
        return result;
      })
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  /** Why objects of a type stay, from a heap snapshot; rejects where the heap is not among what is counted. */
  async retainers(type: string): Promise<HeapRetainers> {
    if (!this.#heap) {
      throw new Error(
        'payload.type: what holds a type is seen in a heap snapshot, expected heap among what is counted',
      );
    }
    try {
      return await this.#heap.retainers(type, () => runningFlows(this.options.flows));
    } finally {
      this.#goOn();
    }
  }

  /** Gives back everything. What is running ends soon. */
  stop(): void {
    this.#stop.abort();
    this.#heap?.close();
    this.#unwatch?.();
  }

  #goOn(): void {
    if (this.#stop.signal.aborted) throw new CensusStopped();
  }

  async #take(): Promise<CensusResult> {
    const { what, top, ledger, except, flows } = this.options;
    if (what.includes('in-flight')) ledger.findRequests(runningNodes(flows));
    const nodes = what.includes('in-flight') ? inFlight(ledger, top, except) : null;
    const wanted = what.includes('contexts');
    const counted = wanted || what.includes('buffers') ? await this.#contexts() : null;
    const contexts = wanted ? counted : null;
    const buffers = what.includes('buffers') ? await bufferHolders(ledger, counted?.all ?? [], top) : null;
    // Last: what stands still for seconds must not make the others look older than they are.
    const heap = this.#heap ? await this.#heap.types() : null;
    return {
      time: Date.now(),
      since: this.#since,
      inFlight: nodes,
      contexts: contexts?.contexts ?? null,
      contextBytes: contexts?.totalBytes ?? null,
      uncounted: counted?.uncounted ?? null,
      heap,
      buffers,
      offHeapBytes: buffers ? process.memoryUsage().arrayBuffers : null,
    };
  }

  #contexts(): Promise<ContextCensus> {
    const { flows, stores, top, compare } = this.options;
    const { signal } = this.#stop;
    return this.#counter.count(contextPlaces(flows), stores, { top, compare, signal });
  }
}
