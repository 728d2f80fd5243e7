import type { KernelFiles } from './files';

/** Share of the last ten seconds, in percent, in which work stood still for want of memory (Linux PSI). */
export interface MemoryPressure {
  /** Some task waited. */
  some: number;
  /** All tasks waited: nothing got done. */
  full: number;
}

/** Reads `/proc/pressure/memory`; null where the kernel has no PSI or it is switched off. */
export function readPressure(files: KernelFiles): MemoryPressure | null {
  const text = files.reread('/proc/pressure/memory');
  const some = averageOf(text, 'some');
  const full = averageOf(text, 'full');
  return some === null || full === null ? null : { some, full };
}

function averageOf(text: string | null, kind: 'some' | 'full'): number | null {
  const match = new RegExp(`^${kind} avg10=(\\d+(?:\\.\\d+)?) `, 'm').exec(text ?? '');
  return match ? Number(match[1]) : null;
}
