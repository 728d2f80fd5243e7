import type { Ledger } from '../ledger';
import { type ContextCensus, ContextCounter, type ContextSize } from './contexts';
import { type InFlight, inFlight } from './in-flight';
import { contextPlaces, type FlowsView } from './places';
import type { Uncounted } from './stores';

export const CENSUS_PARTS = ['in-flight', 'contexts'] as const;
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
  #running: Promise<CensusResult> | null = null;

  constructor(private readonly options: CensusOptions) {
    this.#unwatch = options.what.includes('in-flight') ? options.ledger.watch() : null;
  }

  take(): Promise<CensusResult> {
    // A copy for each: what one flow does to its payload must not show in another's.
    if (this.#running) return this.#running.then((result) => structuredClone(result));
    this.#running = this.#take().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Gives back everything. What is running ends soon, with what it has. */
  stop(): void {
    this.#stop.abort();
    this.#unwatch?.();
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #take(): Promise<CensusResult> {
    const { what, top, ledger, except } = this.options;
    const nodes = what.includes('in-flight') ? inFlight(ledger, top, except) : null;
    const contexts = what.includes('contexts') ? await this.#contexts() : null;
    return {
      time: Date.now(),
      since: this.#since,
      inFlight: nodes,
      contexts: contexts?.contexts ?? null,
      contextBytes: contexts?.totalBytes ?? null,
      uncounted: contexts?.uncounted ?? null,
    };
  }

  #contexts(): Promise<ContextCensus> {
    const { flows, stores, top, compare } = this.options;
    const { signal } = this.#stop;
    return this.#counter.count(contextPlaces(flows), stores, { top, compare, signal });
  }
}
