import { setImmediate as turn } from 'node:timers/promises';

/** The event loop is given back after this many ms. */
const SLICE_MS = 8;

/** Work in slices, so that the event loop gets its turn in between. Counts the work, not the waiting. */
export class Slices {
  #began = performance.now();
  workedMs = 0;

  run<T>(work: () => T): T {
    const began = performance.now();
    const result = work();
    this.workedMs += performance.now() - began;
    return result;
  }

  /** Gives the event loop its turn when the slice is used up. */
  async yield(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await turn();
    this.#began = performance.now();
  }
}
