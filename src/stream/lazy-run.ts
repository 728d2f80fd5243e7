import type { Ledger, Token } from '../ledger';
import { Credit, type CreditKeeper } from './credit';
import { BadItem, END, type End, type Source } from './source';

/** What goes into the flow at once. */
export interface Portion {
  /** An item; with `batch` above 1 an array of at most so many. */
  value: unknown;
  /** Place among the portions, from 0. */
  index: number;
  /** How many portions there were: known with the last one, null before. */
  count: number | null;
}

/** How a run ended. */
export interface RunSummary {
  /** Items that went into the flow. */
  items: number;
  /** Bytes read; 0 for sources that read none. */
  bytes: number;
  durationMs: number;
  /** `done`: all items went through the flow; `stopped`: by hand; `error`: the source broke. */
  outcome: 'done' | 'stopped' | 'error';
  /** Items that could not be used, and were passed over. */
  errors: number;
}

export interface RunOptions {
  source: Source;
  /** Portions in the flow at most. */
  window: number;
  /** Items in a portion. */
  batch: number;
  ledger: Ledger;
  /** Sends a portion. Its message has to carry the credit: `ledger.put(credit, msg)`. */
  deliver(portion: Portion, credit: Token): void;
  /** Tells of an item that cannot be used. A message made of it may carry the credit, as a portion does. */
  refuse(problem: BadItem, credit: Token): void;
  /** Called once, and not after `close`. `error` is what broke the source. */
  onEnd(summary: RunSummary, error?: unknown): void;
}

/**
 * Pulls a source through a flow. Each portion takes one of `window` credits with it: a token on the ledger that
 * everything made of the portion carries, and that comes back when the last such message has completed, or only
 * nodes that gather hold it. The next item is pulled when there is a credit for it.
 *
 *     source ──pull──> the next portion ──credit──> flow ──completed──> credit back ──> pull
 *
 * One item is looked ahead, for the last portion has to say that it is the last.
 */
export class LazyRun {
  readonly #options: RunOptions;
  #started: number | null = null;
  /** Those that have not ended. An array, for a Set that changes all the time makes garbage. */
  readonly #credits: Credit[] = [];
  readonly #keeper: CreditKeeper = {
    cameBack: () => {
      this.#inFlight -= 1;
      if (this.#woken) return;
      this.#woken = true;
      // Not at once: the same turn may tell that what was gathered flows on.
      queueMicrotask(this.#wake);
    },
    takenAgain: () => {
      this.#inFlight += 1;
    },
    ended: (credit) => this.#forget(credit),
  };
  /** Keeps the ledger following while no portion is under way: switching it on and off for each would cost more. */
  #anchor: Token | null = null;
  #portion: unknown[] = [];
  #index = 0;
  #items = 0;
  #errors = 0;
  #inFlight = 0;
  #pulling = false;
  #woken = false;
  #exhausted = false;
  #paused = false;
  #ended = false;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Portions in the flow. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get items(): number {
    return this.#items;
  }

  get paused(): boolean {
    return this.#paused;
  }

  start(): void {
    if (this.#ended) return;
    this.#started = Date.now();
    this.#anchor = this.#options.ledger.open({ kind: 'stream', descends: true, onEnd() {} });
    this.#pump();
  }

  /** Pulls no more until `resume`; what is in the flow goes on. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Ends it by hand; what is in the flow goes on without it. */
  stop(): void {
    this.#end('stopped');
  }

  /** Ends it without a word, and resolves when the source has given back what it had open. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#release();
  }

  readonly #wake = (): void => {
    this.#woken = false;
    if (this.#ended) return;
    this.#pump();
    this.#endWhenThrough();
  };

  #pump(): void {
    const { source, window } = this.#options;
    while (!this.#paused && !this.#ended && !this.#pulling && !this.#exhausted && this.#inFlight < window) {
      let answer: unknown;
      try {
        answer = source.next();
      } catch (error) {
        this.#refuse(error);
        continue;
      }
      if (answer instanceof Promise) {
        this.#pulling = true;
        answer.then(this.#came, this.#failed);
        return;
      }
      this.#take(answer);
    }
  }

  readonly #came = (answer: unknown): void => {
    this.#pulling = false;
    this.#take(answer);
    this.#pump();
  };

  readonly #failed = (error: unknown): void => {
    this.#pulling = false;
    this.#refuse(error);
    this.#pump();
  };

  #take(answer: unknown | End): void {
    if (answer === END) {
      this.#exhausted = true;
      if (this.#portion.length > 0) this.#deliver(this.#index + 1);
      this.#endWhenThrough();
      return;
    }
    if (this.#portion.length === this.#options.batch) this.#deliver(null);
    // It came too late, or what it pushed out could not be sent.
    if (this.#ended) this.#options.source.discard?.(answer);
    else this.#portion.push(answer);
  }

  /** A source has thrown: it goes on behind an item that cannot be used, and is broken otherwise. */
  #refuse(error: unknown): void {
    if (this.#ended) return;
    if (error instanceof BadItem) {
      this.#errors += 1;
      this.#spend((credit) => this.#options.refuse(error, credit));
      return;
    }
    if (this.#portion.length > 0) this.#deliver(null);
    // Anything can be thrown, and no error would say that all went well.
    this.#end('error', error ?? new Error(`source: threw ${error}, expected an Error`));
  }

  #deliver(count: number | null): void {
    const { batch } = this.#options;
    const items = this.#portion;
    this.#portion = [];
    const portion: Portion = { value: batch === 1 ? items[0] : items, index: this.#index, count };
    this.#index += 1;
    this.#items += items.length;
    this.#spend((credit) => this.#options.deliver(portion, credit));
  }

  /** Gives a credit to what `use` sends. If it sends nothing the credit is back with the end of this turn. */
  #spend(use: (credit: Token) => void): void {
    this.#inFlight += 1;
    const credit = new Credit(this.#options.ledger, this.#keeper);
    credit.at = this.#credits.push(credit) - 1;
    try {
      use(credit.token);
    } catch (error) {
      this.#end('error', error);
    } finally {
      credit.token.release();
    }
  }

  #forget(credit: Credit): void {
    const last = this.#credits.pop();
    if (!last || last === credit) return;
    last.at = credit.at;
    this.#credits[credit.at] = last;
  }

  #endWhenThrough(): void {
    if (this.#exhausted && this.#inFlight === 0) this.#end('done');
  }

  #end(outcome: RunSummary['outcome'], error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const { source, onEnd } = this.#options;
    const summary: RunSummary = {
      items: this.#items,
      bytes: source.bytes,
      durationMs: this.#started === null ? 0 : Date.now() - this.#started,
      outcome,
      errors: this.#errors,
    };
    // What closing may still find wrong is nobody's concern any more: everything asked for has been read.
    this.#release().catch(() => {});
    onEnd(summary, error);
  }

  async #release(): Promise<void> {
    const { source } = this.#options;
    for (const item of this.#portion) source.discard?.(item);
    this.#portion = [];
    for (const { token } of this.#credits.splice(0)) token.end();
    this.#anchor?.end();
    await source.close();
  }
}
