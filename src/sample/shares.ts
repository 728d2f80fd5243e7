import type { KernelFiles } from './files';
import { numberAfter } from './text';

/** What a process really adds to the machine, in bytes; null where the system does not tell. */
export interface MemoryShares {
  /** Proportional set size: shared pages split among those who share them. */
  pss: number | null;
  /** Unique set size: what would come free if this process alone ended. */
  uss: number | null;
  swap: number | null;
}

export const NO_SHARES: MemoryShares = { pss: null, uss: null, swap: null };

/**
 * Reads `smaps_rollup`, for which the kernel walks every page table: about a millisecond for a Node-RED,
 * some 300 times a plain sample. Read only when asked for.
 */
export function readShares(files: KernelFiles, pid: number | 'self' = 'self'): MemoryShares {
  const rollup = files.read(`/proc/${pid}/smaps_rollup`);
  if (rollup === null) return NO_SHARES;
  const clean = numberAfter(rollup, 'Private_Clean');
  const dirty = numberAfter(rollup, 'Private_Dirty');
  return {
    pss: numberAfter(rollup, 'Pss'),
    uss: clean === null || dirty === null ? null : clean + dirty,
    swap: numberAfter(rollup, 'Swap'),
  };
}
