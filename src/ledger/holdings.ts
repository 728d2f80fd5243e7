import { gathers, queues, usesAfterDone } from './behaviour';
import { FewByObject } from './few';
import { type FlowNode, isOldStyle } from './flow-node';
import type { Message } from './hooks';
import { InHand } from './in-hand';
import type { Token } from './token';

/** One message at one node, from its arrival (or its sending, for one that carries tokens) to its completion. */
export class Delivery {
  /** Another delivery of the very same object to the same node. */
  next: Delivery | null = null;
  /** The node was closed, or takes no input: nobody got the message. */
  unheard = false;
  /** The node has sent on everything this delivery carries. */
  forwarded = false;
  /** Set once the message is only held weakly. */
  aged: Aged | null = null;
  /** It came before the asynchronous context was in use. */
  inHand = false;

  constructor(
    readonly holder: NodeHoldings,
    /** The message; for a request waiting at its http-in node the response. */
    readonly thing: object,
    /** ms since the epoch */
    readonly since: number,
    public tokens: readonly Token[] | null,
  ) {}
}

/** A delivery that has been held for long. It must not keep alive what the node itself may have dropped. */
interface Aged {
  thing: WeakRef<object>;
  since: number;
  tokens: WeakRef<Token>[];
}

/** More messages than this at one node are counted as given up, oldest first, and no longer followed one by one. */
export const MOST_HELD = 10_000;

/**
 * What one node holds now.
 *
 *     arrival ──> young: strong, found by object ──> done
 *                   │ older than a sweep
 *                   v
 *                 aged: weak ──> done, or collected: the node dropped it without a word
 *
 * Nearly every message completes young and costs one Map entry. Only what stays is held by a WeakRef, so that
 * following messages never keeps one alive for more than two sweeps.
 */
export class NodeHoldings {
  readonly young = new FewByObject<Delivery>();
  readonly #aged = new Set<Aged>();
  /** The way back from an aged message to its delivery; goes with the message. */
  #agedDeliveries = new WeakMap<object, Delivery>();
  readonly oldStyle: boolean;
  /** Null until the node has had a message while no context was in use. */
  inHand: InHand | null = null;
  #usesAfterDone: boolean;
  #gathers: boolean;
  #learned = false;
  #completing: Delivery | null = null;
  #completed = 0;
  /** What a gathering node has sent in this turn of the event loop: it descends from all that it now completes. */
  readonly sent: Message[] = [];
  /** Messages that never completed: their objects are gone, or there were too many of them. */
  givenUp = 0;
  /** Those of them that were too many to be followed and have not completed since, and when the first was let go. */
  overflow = { messages: 0, since: Number.POSITIVE_INFINITY };

  constructor(readonly node: FlowNode) {
    this.oldStyle = isOldStyle(node);
    this.#gathers = gathers(node.type);
    this.#usesAfterDone = usesAfterDone(node.type);
  }

  get gathers(): boolean {
    return this.#gathers;
  }

  /** What it got may be read or sent after it said done. */
  get usesAfterDone(): boolean {
    return this.#usesAfterDone;
  }

  /** Nothing is held and nothing was learned: it can be made anew at any time. */
  get forgettable(): boolean {
    return (
      this.empty && this.givenUp === 0 && !this.#learned && (this.inHand === null || this.inHand.forgettable)
    );
  }

  /** Whether one more message would make it doubtful which one a new message of this node comes from. */
  get handFull(): boolean {
    // Core nodes that gather or queue send what they got, or clones of it.
    return !this.empty && !this.#gathers && !queues(this.node.type);
  }

  takeInHand(delivery: Delivery): void {
    this.inHand ??= new InHand();
    this.inHand.take(delivery);
    delivery.inHand = true;
  }

  /** It sent something after its end. */
  learnUseAfterDone(): void {
    this.#usesAfterDone = true;
    this.#learned = true;
  }

  /** Another message was completed while the handler of `running` ran; many at once are a gathered set. */
  completedAnotherFor(running: Delivery): void {
    if (this.#completing !== running) {
      this.#completing = running;
      this.#completed = 0;
    }
    this.#completed += 1;
    if (this.#completed < 2 || this.#gathers || queues(this.node.type)) return;
    this.#gathers = true;
    this.#learned = true;
    for (const token of this.#heldTokens()) token.gather();
  }

  get count(): number {
    let count = this.#aged.size;
    for (const delivery of this.young.values()) {
      for (let each: Delivery | null = delivery; each; each = each.next) count += 1;
    }
    return count;
  }

  get empty(): boolean {
    return this.young.size === 0 && this.#aged.size === 0;
  }

  put(delivery: Delivery): void {
    const { thing } = delivery;
    const same = this.young.get(thing);
    if (same) delivery.next = same;
    this.young.set(thing, delivery);
    if (delivery.tokens) for (const token of delivery.tokens) this.#arrive(token);
  }

  /** The delivery that a message's completion ends; undefined when it is not known here. */
  take(thing: object): Delivery | undefined {
    const delivery = this.young.get(thing);
    if (delivery) {
      if (delivery.next) this.young.set(thing, delivery.next);
      else this.young.delete(thing);
      return delivery;
    }
    const old = this.#agedDeliveries.get(thing);
    if (old?.aged) {
      if (!this.#aged.delete(old.aged) && this.overflow.messages > 0) this.overflow.messages -= 1;
      if (old.next?.aged) this.#agedDeliveries.set(thing, old.next);
      else this.#agedDeliveries.delete(thing);
    }
    return old;
  }

  /** Ends one delivery's claim on its tokens. */
  release(delivery: Delivery): void {
    const { tokens } = delivery;
    if (delivery.inHand) this.inHand?.letGo();
    if (!tokens) return;
    delivery.tokens = null;
    for (const token of tokens) this.#leave(token);
  }

  /** Ends every claim: the node was stopped. */
  stop(): void {
    for (const first of this.young.values()) {
      for (let each: Delivery | null = first; each; each = each.next) {
        if (each.tokens) for (const token of each.tokens) token.taint('stopped');
        this.release(each);
      }
    }
    for (const aged of this.#aged) this.#abandon(aged, 'stopped');
    this.clear();
  }

  /** Forgets every message. */
  clear(): void {
    this.young.clear();
    this.#aged.clear();
    this.#agedDeliveries = new WeakMap();
    this.#completing = null;
    this.inHand = null;
    this.sent.length = 0;
  }

  /** Lets go of messages that arrived before `before`, and gives up those that are gone. */
  sweep(before: number): void {
    for (const [thing, first] of this.young) {
      if (first.since > before) continue;
      this.young.delete(thing);
      this.#agedDeliveries.set(thing, first);
      for (let each: Delivery | null = first; each; each = each.next) {
        const tokens = each.tokens?.map((token) => new WeakRef(token)) ?? [];
        each.aged = { thing: new WeakRef(thing), since: each.since, tokens };
        this.#aged.add(each.aged);
      }
    }
    for (const aged of this.#aged) {
      const isGone = aged.thing.deref() === undefined;
      if (isGone || this.#aged.size > MOST_HELD) {
        this.#aged.delete(aged);
        if (!isGone) this.#overflows();
        this.#abandon(aged, 'given-up');
        this.givenUp += 1;
      }
    }
  }

  /** Every message held, with its age; for the census. */
  *things(): Generator<{ thing: object; since: number }> {
    for (const first of this.young.values()) {
      for (let each: Delivery | null = first; each; each = each.next) yield each;
    }
    for (const { thing, since } of this.#aged) {
      const alive = thing.deref();
      if (alive) yield { thing: alive, since };
    }
  }

  /** The node has sent these tokens: an old-style handler that sent on all it got has not kept a message back. */
  forward(tokens: readonly Token[]): void {
    for (const delivery of this.young.values()) {
      if (delivery.tokens?.every((token) => tokens.includes(token))) delivery.forwarded = true;
    }
  }

  /** Somebody may use what is held here after it has ended. */
  taint(): void {
    for (const token of this.#heldTokens()) token.taint();
  }

  /** Each as often as it is held. */
  *#heldTokens(): Generator<Token> {
    for (const first of this.young.values()) {
      for (let each: Delivery | null = first; each; each = each.next) {
        if (each.tokens) yield* each.tokens;
      }
    }
    for (const aged of this.#aged) {
      for (const weak of aged.tokens) {
        const token = weak.deref();
        if (token) yield token;
      }
    }
  }

  #arrive(token: Token): void {
    token.visit(this.node);
    if (this.#gathers) token.gather();
  }

  #leave(token: Token): void {
    if (this.#gathers) token.ungather();
    token.release();
  }

  #overflows(): void {
    const { messages, since } = this.overflow;
    this.overflow = { messages: messages + 1, since: Math.min(since, Date.now()) };
  }

  #abandon(aged: Aged, reason: 'stopped' | 'given-up'): void {
    for (const weak of aged.tokens) {
      const token = weak.deref();
      if (!token) continue;
      token.taint(reason);
      this.#leave(token);
    }
  }
}
