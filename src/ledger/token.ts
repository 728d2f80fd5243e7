import type { FlowNode } from './flow-node';

/** How a token ended. */
export interface Outcome {
  /**
   * `done`: the last message that carried it completed; `error`: so it did, and at least one by done(error);
   * `stopped`: the last holder was stopped by a deploy; `given-up`: somebody never completed; `ended`: by hand.
   */
  reason: 'done' | 'error' | 'stopped' | 'given-up' | 'ended';
  /** The first error a holder completed with. */
  error?: unknown;
  /**
   * True when every holder is known to be through with it. False when somebody may still use what the token
   * stands for: a node that was stopped or given up, one that reads after done, or an old-style handler that
   * may have kept the message.
   */
  clean: boolean;
}

export interface TokenSpec {
  /** What it stands for, in one word: `lease`, `scope`, `credit`. */
  kind: string;
  /** A message carries the token when it has a view of this memory. */
  memory?: ArrayBuffer;
  /** A message carries the token when it descends from one that the token was put on, whatever it contains. */
  descends?: boolean;
  /** Remembers the last nodes that received it. */
  trail?: boolean;
  /** Called exactly once. */
  onEnd(outcome: Outcome): void;
  /** Only gathering nodes (join, batch) hold it any more. */
  onGathered?(): void;
  /** After `onGathered`: what they gathered flows on. It may be gathered again. */
  onFlowsOn?(): void;
  /** A node sent a message that shows the memory of this token after it had ended by itself. */
  onLateUse?(node: FlowNode): void;
}

/** What a token tells its ledger. */
export interface TokenKeeper {
  /** Its holders have changed: to be looked at once the current turn of the event loop is over. */
  unsettled(token: Token): void;
  ended(token: Token): void;
}

const LONGEST_TRAIL = 8;

/**
 * Something that lives as long as messages carry it. It starts with one reference, its opener's; every
 * delivery in flight and every node that has not completed such a message has one more. It ends, once, when
 * the last is gone.
 */
export class Token {
  #refs = 1;
  /** How many of the references gathering nodes have. */
  #gathered = 0;
  /** Waits in its ledger's queue to be looked at. */
  queued = false;
  #clean = true;
  #failed = false;
  #error: unknown;
  #reason: Outcome['reason'] = 'done';
  #ended = false;
  #toldGathered = false;
  #usedLate = false;
  #trail: FlowNode[] | null;
  /** How many messages that carry it have come to a node. */
  visits = 0;

  constructor(
    readonly spec: TokenSpec,
    readonly keeper: TokenKeeper,
  ) {
    this.#trail = spec.trail ? [] : null;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The last nodes that received it, oldest first; empty unless asked for with `trail`. */
  get trail(): readonly FlowNode[] {
    return this.#trail ?? [];
  }

  visit(node: FlowNode): void {
    this.visits += 1;
    const trail = this.#trail;
    if (!trail || trail[trail.length - 1] === node) return;
    if (trail.length === LONGEST_TRAIL) trail.shift();
    trail.push(node);
  }

  /** It ended by itself, with nobody known to be left: a message that still shows its memory is too late. */
  get gone(): boolean {
    return this.#ended && this.#clean && this.#reason !== 'ended';
  }

  /** A node sent its memory on after it was gone. True the first time: later ones only pass it along. */
  usedLate(sender: FlowNode): boolean {
    if (this.#usedLate) return false;
    this.#usedLate = true;
    this.spec.onLateUse?.(sender);
    return true;
  }

  retain(): void {
    this.#refs += 1;
    if (this.#toldGathered) this.#notice();
  }

  release(): void {
    this.#refs -= 1;
    this.#notice();
  }

  /** One of the references is now a gathering node's. */
  gather(): void {
    this.#gathered += 1;
    this.#notice();
  }

  ungather(): void {
    this.#gathered -= 1;
  }

  /** Somebody may go on using what it stands for after the last reference is gone. */
  taint(reason?: 'stopped' | 'given-up'): void {
    this.#clean = false;
    if (reason) this.#reason = reason;
  }

  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#error = error;
  }

  /** Ends it now, whoever holds it. A second time does nothing. */
  end(): void {
    this.#finish('ended');
  }

  /** Looked at by the ledger when a turn of the event loop is over. */
  settle(): void {
    if (this.#refs <= 0) {
      this.#finish(this.#reason === 'done' && this.#failed ? 'error' : this.#reason);
    } else if ((this.#refs === this.#gathered) !== this.#toldGathered) {
      this.#toldGathered = !this.#toldGathered;
      if (this.#toldGathered) this.spec.onGathered?.();
      else this.spec.onFlowsOn?.();
    }
  }

  #notice(): void {
    if (this.queued || this.#ended) return;
    if (this.#refs === this.#gathered || this.#toldGathered) this.keeper.unsettled(this);
  }

  #finish(reason: Outcome['reason']): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.keeper.ended(this);
    const outcome: Outcome = { reason, clean: this.#clean };
    if (this.#failed) outcome.error = this.#error;
    this.spec.onEnd(outcome);
  }
}
