import os from 'node:os';
import type { KernelFiles } from './files';
import { numberAfter } from './text';

/** The machine's memory in bytes; null for what it does not tell. */
export interface SystemMemory {
  total: number | null;
  /** What can be had without swapping (MemAvailable), not what happens to lie free. */
  available: number | null;
  swapTotal: number | null;
  swapFree: number | null;
}

/** What Node.js itself knows of the machine; injected so that other machines can be tested. */
export interface SystemCalls {
  platform: NodeJS.Platform;
  totalmem(): number;
  freemem(): number;
}

/** Reads the machine's memory. Never throws. */
export function readSystem(files: KernelFiles, calls: SystemCalls = hostCalls): SystemMemory {
  const meminfo = calls.platform === 'linux' ? files.reread('/proc/meminfo') : null;
  if (meminfo === null) {
    return {
      total: calls.totalmem() || null,
      available: availableElsewhere(calls),
      swapTotal: null,
      swapFree: null,
    };
  }
  return {
    total: numberAfter(meminfo, 'MemTotal'),
    available: numberAfter(meminfo, 'MemAvailable'),
    swapTotal: numberAfter(meminfo, 'SwapTotal'),
    swapFree: numberAfter(meminfo, 'SwapFree'),
  };
}

/** Windows counts standby pages as free. macOS does not: its "free" is a few MB on a healthy machine. */
function availableElsewhere(calls: SystemCalls): number | null {
  return calls.platform === 'win32' ? calls.freemem() : null;
}

export const hostCalls: SystemCalls = {
  platform: process.platform,
  totalmem: os.totalmem,
  freemem: os.freemem,
};
