import { live } from './descent';
import type { Delivery } from './holdings';
import type { Message } from './hooks';
import type { Token } from './token';

/**
 * What a node has in hand, as long as that is one message at a time, or had last: what it sends without a word of where
 * it comes from is made of that. Neither the message nor its delivery is kept.
 */
export class InHand {
  #id: unknown;
  #tokens: readonly Token[] = [];
  #held = false;

  /** Nothing is left that could descend from it. */
  get forgettable(): boolean {
    return live(this.#tokens).length === 0;
  }

  take({ thing, tokens }: Delivery): void {
    this.#id = (thing as Message)._msgid;
    this.#tokens = tokens ?? [];
    this.#held = true;
  }

  /** The node is done with it. */
  letGo(): void {
    this.#held = false;
  }

  /**
   * The live tokens that a message of this node descends from, null where it has nothing to do with what was in hand.
   * `certain`: it was sent while its handler ran, or has its id, as all that function nodes send.
   */
  tokensOf(msg: Message, running: boolean): { tokens: readonly Token[]; certain: boolean } | null {
    const tokens = live(this.#tokens).filter(({ spec }) => spec.descends);
    if (tokens.length === 0) return null;
    const certain = running || (this.#id !== undefined && msg._msgid === this.#id);
    // Right after done, before the end of this turn, the token waits to be looked at.
    return certain || this.#held || tokens.some(({ queued }) => queued) ? { tokens, certain } : null;
  }
}
