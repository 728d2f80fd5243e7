import { poolStatistics } from '../buffer';
import { type Ledger, nameNode } from '../ledger';
import { liveProfile, type ProfileReport } from '../profile';
import { estimateMessage } from '../size';
import type { ContextSize } from './contexts';
import { MAX_WORK, WEIGHED } from './in-flight';

/** Who holds bytes outside V8's heap: the data of Buffers and typed arrays. */
export interface BufferHolder {
  id: string;
  name: string;
  /** The node's type, or `global context`, `flow context`, `node context`. */
  type: string;
  /** Buffers; null where only their bytes are known. */
  count: number | null;
  bytes: number;
  /** How it is known. A lease counts with its pool and with the node that holds its message. */
  by: 'messages' | 'context' | 'pool' | 'profile';
}

/** Everybody who is known to hold Buffers, the one with most bytes first, at most `top`. */
export async function bufferHolders(
  ledger: Ledger,
  contexts: readonly ContextSize[],
  top: number,
): Promise<BufferHolder[]> {
  const profile = await profiled();
  return [...inMessages(ledger), ...inContexts(contexts), ...inPools(), ...inProfile(profile)]
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, top);
}

/** Null where nobody profiles; a sampler that was lost is its owner's to tell. */
export function profiled(): Promise<ProfileReport | null> {
  return liveProfile().catch(() => null);
}

function* inMessages(ledger: Ledger): Generator<BufferHolder> {
  for (const holdings of ledger.holdings()) {
    if (holdings.node.type === 'http in') continue; // it holds responses, not messages
    let messages = 0;
    let bytes = 0;
    let count = 0;
    for (const { thing } of holdings.things()) {
      messages += 1;
      if (messages > WEIGHED) continue;
      const size = estimateMessage(thing, MAX_WORK);
      bytes += size.offHeapBytes;
      count += size.buffers;
    }
    const times = Math.max(1, messages / WEIGHED);
    const { id, name, type } = nameNode(holdings.node);
    yield {
      id,
      name,
      type,
      count: Math.round(count * times),
      bytes: Math.round(bytes * times),
      by: 'messages',
    };
  }
}

function inContexts(contexts: readonly ContextSize[]): BufferHolder[] {
  return contexts.map(({ scope, id, name, buffers, offHeapBytes }) => ({
    id,
    name,
    type: `${scope} context`,
    count: buffers,
    bytes: offHeapBytes,
    by: 'context',
  }));
}

function inPools(): BufferHolder[] {
  return poolStatistics().map(({ id, name, inUse, inUseBytes, heldBytes }) => ({
    id,
    name,
    type: 'memory-pool',
    count: inUse,
    bytes: inUseBytes + heldBytes,
    by: 'pool',
  }));
}

function inProfile(report: ProfileReport | null): BufferHolder[] {
  const nodes = report?.nodes ?? [];
  return nodes.map(({ id, name, type, externalBytes }) => ({
    id,
    name,
    type,
    count: null,
    bytes: externalBytes,
    by: 'profile',
  }));
}
