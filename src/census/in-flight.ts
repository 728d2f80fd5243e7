import { type Ledger, type NodeName, nameNode } from '../ledger';
import { sizeOfMessage } from '../size';

/** What one node holds now. */
export interface InFlight extends NodeName {
  /** Messages received and not completed; for an http-in node requests not answered. */
  messages: number;
  /** Age of the oldest, in ms. */
  oldestMs: number;
  /** Approximate bytes of all of them, off-heap bytes included. */
  bytes: number;
  /** Messages the node dropped without completing them: they are gone, and no longer counted. */
  givenUp: number;
}

/** Values looked at in one message: a figure in bounded time is what a census needs. */
export const MAX_WORK = 1_000;
/** Messages weighed per node; the rest are taken to be like these. */
export const WEIGHED = 50;

/**
 * Who holds messages now, the fullest first, at most `top` nodes. Counts only while somebody watches the ledger
 * (`ledger.watch`). Nodes in `except` are left out.
 */
export function inFlight(ledger: Ledger, top: number, except: ReadonlySet<string> = new Set()): InFlight[] {
  const now = Date.now();
  const nodes: InFlight[] = [];
  for (const holdings of ledger.holdings()) {
    if (except.has(holdings.node.id)) continue;
    let messages = 0;
    let oldest = now;
    let weighed = 0;
    for (const { thing, since } of holdings.things()) {
      messages += 1;
      oldest = Math.min(oldest, since);
      if (messages <= WEIGHED && holdings.node.type !== 'http in') {
        weighed += sizeOfMessage(thing, { maxWork: MAX_WORK }).bytes;
      }
    }
    const bytes = Math.round(weighed * Math.max(1, messages / WEIGHED));
    const { givenUp } = holdings;
    nodes.push({ ...nameNode(holdings.node), messages, oldestMs: now - oldest, bytes, givenUp });
  }
  nodes.sort((a, b) => b.messages - a.messages || b.oldestMs - a.oldestMs);
  return nodes.slice(0, top);
}
