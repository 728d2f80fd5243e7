import { poolStatistics } from '../buffer';
import { type InFlight, inFlight } from '../census';
import { type Ledger, ledger as theLedger } from '../ledger';
import { profiler } from '../profile';
import { type Sampler, selfSampler } from '../sample';
import type { MemoryState, ProcessFigures } from './shape';
import { watchedKeys, watchStates } from './watches';

export interface StateReaderOptions {
  /** Most entries of each list. Default 20. */
  top?: number;
  /** Have messages counted while this reader is open. Default false: they are told if somebody else has them counted. */
  countMessages?: boolean;
  /** Weighing messages costs more than all the rest: their figures may be this old, in ms. Default 5000. */
  inFlightMs?: number;
  sampler?: Sampler;
  ledger?: Ledger;
}

/**
 * Reads the state of everything in this process. While it is open it has collections observed, and messages counted
 * if asked to; closed, it leaves nothing behind.
 */
export class StateReader {
  readonly #top: number;
  readonly #inFlightMs: number;
  readonly #sampler: Sampler;
  readonly #ledger: Ledger;
  readonly #unwatch: (() => void) | null;
  #inFlight: InFlight[] | null = null;
  #inFlightAt = Number.NEGATIVE_INFINITY;

  constructor(options: StateReaderOptions = {}) {
    const { top = 20, countMessages = false, inFlightMs = 5_000, ledger = theLedger } = options;
    this.#top = top;
    this.#inFlightMs = inFlightMs;
    this.#sampler = options.sampler ?? selfSampler();
    this.#ledger = ledger;
    this.#unwatch = countMessages ? ledger.watch() : null;
  }

  /** The process alone: what can be read every second. `gc` counts from the reading before. */
  sample(): ProcessFigures {
    return this.#sampler.sample();
  }

  /** Everything. Takes a sample, unless one was just taken. */
  read(sample: ProcessFigures = this.sample()): MemoryState {
    return {
      time: Date.now(),
      sample,
      pools: poolStatistics(),
      watches: watchStates(this.#top),
      watchedKeys: watchedKeys(),
      inFlight: this.#held(),
      nodes: profiler.last?.nodes.slice(0, this.#top) ?? null,
    };
  }

  close(): void {
    this.#sampler.close();
    this.#unwatch?.();
  }

  #held(): InFlight[] | null {
    if (!this.#ledger.counting) return null;
    const now = Date.now();
    if (now - this.#inFlightAt >= this.#inFlightMs) {
      this.#inFlight = inFlight(this.#ledger, this.#top);
      this.#inFlightAt = now;
    }
    return this.#inFlight;
  }
}
