import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import type { FlowNode } from './flow-node';
import type { Message } from './hooks';
import type { Token } from './token';

const DESCENT = Symbol('headroom.descent');

/**
 * The descent tokens of one message, kept under a symbol. Symbols survive cloning and spreading, and a custom
 * toStringTag makes Node-RED's clone pass the object by reference. Never changed once made, for clones share it.
 */
class Descent {
  readonly [Symbol.toStringTag] = 'Descent';
  constructor(readonly tokens: readonly Token[]) {}

  /** A message on the console should not show the whole ledger. */
  [inspect.custom](): string {
    return `Descent(${this.tokens.length})`;
  }
}

/** Of a message that is known to descend from nothing. */
const NOTHING = new Descent([]);

/** What a node was working on; no tokens for a message that has none. */
interface Origin {
  node: FlowNode;
  tokens: readonly Token[];
}

const NONE: readonly Token[] = [];

/**
 * Which tokens a message inherits from the one it was made of. A message that was cloned, spread or changed has
 * them under a symbol. For a wholly new object the asynchronous context tells which delivery its node was
 * working on, through timers and promises: from the moment on that there is a doubt about it, for a context in use
 * costs every promise of the process on Node.js 20 and 22. Before, no node has had more than one in hand.
 */
export class DescentTracker {
  readonly #context = new AsyncLocalStorage<Origin | undefined>();
  #live = 0;
  #inContext = false;

  get used(): boolean {
    return this.#live > 0;
  }

  /** Whether the asynchronous context is in use. */
  get inContext(): boolean {
    return this.#inContext;
  }

  /** There is a doubt: from here on, until no token is left, the asynchronous context tells. */
  doubt(): void {
    this.#inContext = true;
  }

  opened(): void {
    this.#live += 1;
  }

  ended(): void {
    this.#live -= 1;
    if (this.#live > 0 || !this.#inContext) return;
    this.#inContext = false;
    this.#context.disable();
  }

  put(token: Token, msg: Message): void {
    const carried = this.carriedBy(msg);
    if (!carried || carried.length === 0) write(msg, [token]);
    else if (!carried.includes(token)) write(msg, [...carried, token]);
  }

  /** The live tokens that a message has under its symbol. */
  carriedBy(msg: Message): readonly Token[] | null {
    const descent = msg[DESCENT];
    if (!(descent instanceof Descent)) return null;
    return live(descent.tokens);
  }

  /**
   * The live tokens of a message that a node sends. One that has none, or none any more, is marked with those of the
   * delivery its node was working on: it is new, or an object that the node uses again and again. `inHand` is asked
   * where the context does not tell.
   */
  inheritedBy(
    msg: Message,
    sender: FlowNode,
    inHand: (msg: Message, sender: FlowNode) => readonly Token[] | null,
  ): readonly Token[] | null {
    const known = msg[DESCENT];
    const carried = this.carriedBy(msg);
    if (known === NOTHING || (carried && carried.length > 0)) return carried;
    const origin = this.#inContext ? this.#context.getStore() : undefined;
    const tokens = origin?.node === sender ? live(origin.tokens) : inHand(msg, sender);
    if (!tokens || tokens.length === 0) return null;
    write(msg, tokens);
    return tokens;
  }

  /**
   * From here on, what this call and its promises and timers send descends from a message at `node`. A message without
   * tokens is marked so: a node that keeps it may send it from a timer that was started for another one.
   */
  enter(node: FlowNode, msg: Message): void {
    if (!(DESCENT in msg) && Object.isExtensible(msg)) msg[DESCENT] = NOTHING;
    if (this.#inContext) this.#context.enterWith({ node, tokens: this.carriedBy(msg) ?? NONE });
  }

  leave(): void {
    if (this.#inContext) this.#context.enterWith(undefined);
  }
}

/** Those that have not ended; the very same array where none has. */
export function live(tokens: readonly Token[]): readonly Token[] {
  for (const token of tokens) if (token.ended) return tokens.filter((each) => !each.ended);
  return tokens;
}

function write(msg: Message, tokens: readonly Token[]): void {
  // A frozen message goes on without: its descendants are then known by asynchronous context only.
  if (Object.isExtensible(msg)) msg[DESCENT] = new Descent(tokens);
}
