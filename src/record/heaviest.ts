import { inFlight } from '../census';
import { ledger } from '../ledger';
import { type ProfileReport, profiler } from '../profile';
import type { Heaviest } from './black-box';

/** More do not fit into a record. */
const TOP = 5;

/**
 * Reads who is heaviest in this process, from what others have measured: the newest live profile, once each, and the
 * messages held while somebody has them counted. Measures nothing by itself, for a profile makes a full collection.
 */
export function heaviestHere(): () => Heaviest {
  let written: ProfileReport | null = null;
  return () => {
    const { last } = profiler;
    const fresh = last !== written && last?.mode === 'live' ? last : null;
    written = last;
    const nodes = fresh?.nodes.slice(0, TOP).map(({ externalBytes, bytes, ...node }) => ({
      ...node,
      bytes: bytes + externalBytes,
    }));
    return { nodes: nodes ?? null, held: ledger.counting ? inFlight(ledger, TOP) : null };
  };
}
