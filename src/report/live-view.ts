import { History } from './history';
import type { HistoryPart, Look, ProcessFigures, ProfileFigures } from './shape';
import type { StateReader } from './state';

export interface LiveViewOptions {
  /** Called when somebody begins to look: what is needed for that, and what gives it back when nobody looks any more. */
  open(): { reader: Pick<StateReader, 'sample' | 'read' | 'close'>; close(): void };
  /** ms between samples. Default 1000. */
  stepMs?: number;
  /** ms after the last look at which nobody looks any more: long enough for a page to load again. Default 15000. */
  leaseMs?: number;
}

/**
 * The state of everything for people who look on, over a lease that every look renews. The first look starts one
 * timer, which samples and keeps a history; some seconds after the last look the timer goes, and all that was opened.
 * The history stays (80 KB at most), so that who comes back sees what was there, with a gap.
 */
export class LiveView {
  readonly #open: LiveViewOptions['open'];
  readonly #stepMs: number;
  readonly #leaseMs: number;
  readonly #run = Date.now();
  readonly #history = new History();
  #opened: ReturnType<LiveViewOptions['open']> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sample: ProcessFigures | null = null;
  #lookedAt = 0;

  constructor({ open, stepMs = 1_000, leaseMs = 15_000 }: LiveViewOptions) {
    this.#open = open;
    this.#stepMs = stepMs;
    this.#leaseMs = leaseMs;
  }

  /** Whether anything runs here. */
  get watched(): boolean {
    return this.#timer !== null;
  }

  /**
   * Renews the lease.
   * @param after - the time of the newest sample that the caller has, and the run it is of; 0 for all
   */
  look({ after = 0, run = 0 } = {}, profile: ProfileFigures | null = null): Look {
    const now = Date.now();
    this.#lookedAt = now;
    const { reader } = this.#opened ?? this.#begin();
    const sample = this.#sample ?? this.#step();
    // A newest sample from the future: the machine's clock was put back.
    const whole = run !== this.#run || after > now;
    return {
      run: this.#run,
      whole,
      state: reader.read(sample),
      history: this.#history.after(whole ? 0 : after),
      profile,
    };
  }

  /** The history as far as there is one. Opens nothing. */
  get history(): HistoryPart {
    return this.#history.after(0);
  }

  /** Flows were deployed. */
  deployed(): void {
    this.#history.deployed(Date.now());
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#sample = null;
    const opened = this.#opened;
    this.#opened = null;
    opened?.reader.close();
    opened?.close();
  }

  #begin(): ReturnType<LiveViewOptions['open']> {
    this.#opened = this.#open();
    this.#timer = setInterval(() => this.#tick(), this.#stepMs).unref();
    return this.#opened;
  }

  #tick(): void {
    if (Date.now() - this.#lookedAt > this.#leaseMs) this.close();
    else this.#step();
  }

  #step(): ProcessFigures {
    const { reader } = this.#opened ?? this.#begin();
    this.#sample = reader.sample();
    this.#history.push(Date.now(), this.#sample);
    return this.#sample;
  }
}
