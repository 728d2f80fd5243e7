import type { Ledger } from '../ledger';
import { sizeOf, sizeOfMessage } from '../size';
import type { Bytes } from './parts';

const WEIGHED = 50;
const WORK = 2_000;
/** What Node.js and express keep of one request that waits: socket, parser, request, response (measured). */
const REQUEST_BYTES = 18_000;

/** What nodes hold of messages that reached them since `since`, by node id. The ledger must be watched meanwhile. */
export function heldSince(ledger: Ledger, since: number): Map<string, Bytes> {
  const held = new Map<string, Bytes>();
  for (const holdings of ledger.holdings()) {
    const { node } = holdings;
    const things = [...holdings.things()].filter((thing) => thing.since >= since);
    if (things.length === 0) continue;
    const { overflow } = holdings;
    const more = overflow.since >= since ? overflow.messages : 0;
    const times = (things.length + more) / things.length;
    const step = Math.max(1, things.length / WEIGHED);
    const sum = { heap: 0, external: 0 };
    for (let at = 0; at < things.length; at += step) {
      const { thing } = things[Math.floor(at)] as { thing: object };
      const { heap, external } = node.type === 'http in' ? weighRequest(thing) : weigh(thing);
      sum.heap += heap * step * times;
      sum.external += external * step * times;
    }
    held.set(node.id, sum);
  }
  return held;
}

function weigh(msg: object): Bytes {
  const { bytes, offHeapBytes } = sizeOfMessage(msg, { maxWork: WORK });
  return { heap: bytes - offHeapBytes, external: offHeapBytes };
}

/** An http-in node holds the response; the body hangs on its request. */
function weighRequest(response: object): Bytes {
  const { req } = response as { req?: { body?: unknown } };
  const { bytes, offHeapBytes } = sizeOf(req?.body, { maxWork: WORK });
  return { heap: REQUEST_BYTES + bytes - offHeapBytes, external: offHeapBytes };
}
