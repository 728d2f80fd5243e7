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

interface Origin {
  node: FlowNode;
  tokens: readonly Token[];
}

/**
 * Which tokens a message inherits from the one it was made of. A message that was cloned, spread or changed has
 * them under a symbol. For a wholly new object the asynchronous context tells which delivery its node was
 * working on, through timers and promises.
 */
export class DescentTracker {
  readonly #context = new AsyncLocalStorage<Origin | undefined>();
  #live = 0;

  get used(): boolean {
    return this.#live > 0;
  }

  opened(): void {
    this.#live += 1;
  }

  ended(): void {
    this.#live -= 1;
    // A context in use costs every promise of the process on Node.js 20 and 22.
    if (this.#live === 0) this.#context.disable();
  }

  put(token: Token, msg: Message): void {
    const carried = this.carriedBy(msg) ?? [];
    if (!carried.includes(token)) write(msg, [...carried, token]);
  }

  /** The live tokens that a message has under its symbol. */
  carriedBy(msg: Message): readonly Token[] | null {
    const descent = msg[DESCENT];
    if (!(descent instanceof Descent)) return null;
    const { tokens } = descent;
    return tokens.some((token) => token.ended) ? tokens.filter((token) => !token.ended) : tokens;
  }

  /**
   * The live tokens of a message that a node sends. One that has none, or none any more, is marked with those of the
   * delivery its node was working on: it is new, or an object that the node uses again and again.
   */
  inheritedBy(msg: Message, sender: FlowNode): readonly Token[] | null {
    const known = msg[DESCENT];
    const carried = this.carriedBy(msg);
    if (known === NOTHING || (carried && carried.length > 0)) return carried;
    const origin = this.#context.getStore();
    if (origin?.node !== sender) return null;
    const tokens = origin.tokens.filter((token) => !token.ended);
    if (tokens.length === 0) return null;
    write(msg, tokens);
    return tokens;
  }

  /**
   * From here on, what this call and its promises and timers send descends from a message at `node`. A message without
   * tokens is marked so: a node that keeps it may send it from a timer that was started for another one.
   */
  enter(node: FlowNode, msg: Message): void {
    const tokens = this.carriedBy(msg);
    if (!(DESCENT in msg) && Object.isExtensible(msg)) msg[DESCENT] = NOTHING;
    this.#context.enterWith(tokens && tokens.length > 0 ? { node, tokens } : undefined);
  }

  leave(): void {
    this.#context.enterWith(undefined);
  }
}

function write(msg: Message, tokens: readonly Token[]): void {
  // A frozen message goes on without: its descendants are then known by asynchronous context only.
  if (Object.isExtensible(msg)) msg[DESCENT] = new Descent(tokens);
}
