import { describeNode, type FlowNode, type Ledger, type Token } from '../ledger';
import type { Lease, Witness } from './lease';

/**
 * Lets the ledger return a lease when the last message that carries its buffer has completed. Release the
 * returned token once the message is sent. Null when the pool returns nothing by itself (`autoReturn`), or the
 * ledger has no hooks to follow messages by: such a lease ends by hand, or is found leaked.
 * `onLateUse` hears of a node that sent the buffer after it had gone back, empty.
 */
export function leaseToFlow(
  lease: Lease,
  by: FlowNode,
  ledger: Ledger,
  watched: boolean,
  onLateUse: (node: FlowNode) => void,
): Token | null {
  const followed = lease.pool.options.autoReturn && ledger.attached;
  const token = followed ? openToken(lease, ledger, watched, onLateUse) : null;
  if (watched) lease.witness = witnessOf(by, token?.trail ?? []);
  if (token) lease.onCollected = lossOf(ledger);
  return token;
}

/** Ends a lease by hand; messages that still carry its buffer see it empty. Throws a LeaseError the second time. */
export function returnFromFlow(lease: Lease, ledger: Ledger): void {
  const token = ledger.tokenOf(lease.memory);
  lease.return();
  token?.end();
}

function openToken(lease: Lease, ledger: Ledger, trail: boolean, onLateUse: (node: FlowNode) => void): Token {
  return ledger.open({
    kind: 'lease',
    memory: lease.memory,
    trail,
    onLateUse,
    onEnd({ clean, reason }) {
      if (lease.ended) return;
      if (clean) lease.return();
      else lease.giveUp(reason === 'given-up');
    },
  });
}

// Closures of one function share what they capture. These two must not see the lease, or it is never collected.

function witnessOf(by: FlowNode, trail: readonly FlowNode[]): Witness {
  return { leasedBy: describeNode(by), touchedBy: () => trail.map(describeNode) };
}

function lossOf(ledger: Ledger): () => void {
  return () => ledger.lost();
}
