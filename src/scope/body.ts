import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import { type Ledger, type NodeName, nameNode, type Outcome, type Token } from '../ledger';
import { reasonOf } from '../storage';

/**
 * How a body ended. `done`: its last message completed; `error`: so it did, and at least one with an error, or a
 * node dropped one without a word; `timeout`: it took longer than allowed; `stopped`: by a deploy.
 */
export type BodyOutcome = 'done' | 'error' | 'timeout' | 'stopped';

export interface BodyEnd {
  outcome: BodyOutcome;
  /** From the moment the resource was had, in ms. */
  durationMs: number;
  /** Bytes of heap used at the end less those at the start; garbage is part of both. */
  heapDelta: number;
  /** How often a node received a message of the body. */
  messages: number;
  /** The first error of the body, or why it counts as one. */
  error?: string;
  /** Unless all is done: the last node that received a message of the body. */
  lastNode?: NodeName;
}

/** The outcome in the words of a scope. `ended` is by hand, and then `end` has said why. */
const OUTCOMES: Record<Exclude<Outcome['reason'], 'ended'>, BodyOutcome> = {
  done: 'done',
  error: 'error',
  'given-up': 'error',
  stopped: 'stopped',
};

/** Everything that descends from one message, from its sending to the first thing that ends it. */
export class Body {
  readonly ended: Promise<BodyEnd>;
  readonly #resolve: (end: BodyEnd) => void;
  readonly #token: Token;
  readonly #begun = performance.now();
  readonly #heapBefore = heapUsed();
  #timer: NodeJS.Timeout | null = null;
  #over = false;

  constructor(ledger: Ledger, timeoutMs: number) {
    let resolve: (end: BodyEnd) => void = () => {};
    this.ended = new Promise((settle) => {
      resolve = settle;
    });
    this.#resolve = resolve;
    this.#token = ledger.open({
      kind: 'scope',
      descends: true,
      trail: true,
      onEnd: ({ reason, error }) => {
        if (reason !== 'ended') this.#finish(OUTCOMES[reason], reason === 'given-up' ? DROPPED : error);
      },
    });
    if (timeoutMs > 0) {
      this.#timer = setTimeout(() => this.end('timeout', `longer than ${timeoutMs} ms`), timeoutMs);
      this.#timer.unref();
    }
  }

  /** Sends the first message; what `send` throws ends the body, and is thrown again. */
  start(send: (token: Token) => void): void {
    try {
      send(this.#token);
    } catch (error) {
      this.end('error', error);
      throw error;
    }
    // From here on only messages hold it; if none was sent, it ends at once.
    this.#token.release();
  }

  /** Ends it now, whoever still works on it. A second end does nothing. */
  end(outcome: BodyOutcome, error?: unknown): void {
    this.#finish(outcome, error);
    this.#token.end();
  }

  #finish(outcome: BodyOutcome, error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer) clearTimeout(this.#timer);
    const { trail, visits } = this.#token;
    const last = outcome === 'done' ? undefined : trail.at(-1);
    this.#resolve({
      outcome,
      durationMs: since(this.#begun),
      heapDelta: heapUsed() - this.#heapBefore,
      messages: visits,
      ...(error !== undefined && { error: reasonOf(error) }),
      ...(last && { lastNode: nameNode(last) }),
    });
  }
}

const DROPPED = 'a node dropped its message without completing it';

/** Milliseconds since a moment, to three decimals. */
export function since(moment: number): number {
  return Math.round((performance.now() - moment) * 1000) / 1000;
}

function heapUsed(): number {
  return v8.getHeapStatistics().used_heap_size;
}
