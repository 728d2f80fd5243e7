import { setMaxListeners } from 'node:events';

interface Waiter<W, T> {
  want: W;
  take(given: T): void;
  refuse(error: Error): void;
}

/**
 * Those who wait for a share of something scarce, first come first served: nobody who wants little overtakes one
 * who wants much. `give` hands out what one wants, or null while there is not enough.
 */
export class WaitingLine<W, T> {
  readonly #waiters: Waiter<W, T>[] = [];
  /** How many have ever waited. */
  waited = 0;

  constructor(readonly give: (want: W) => T | null) {}

  get length(): number {
    return this.#waiters.length;
  }

  /** Waits for at most `maxMs` (0: as long as it takes), or until `signal` aborts: then rejects with its reason. */
  join(want: W, maxMs: number, signal: AbortSignal | undefined, late: () => Error): Promise<T> {
    this.waited += 1;
    // As many listen as wait: Node.js would take more than ten for a leak.
    if (signal) setMaxListeners(0, signal);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        const at = this.#waiters.indexOf(waiter);
        if (at >= 0) this.#waiters.splice(at, 1);
      };
      const waiter: Waiter<W, T> = {
        want,
        take(given) {
          leave();
          resolve(given);
        },
        refuse: (error) => {
          leave();
          reject(error);
          // The one behind may want less.
          this.serve();
        },
      };
      const abort = (): void => waiter.refuse(signal?.reason);
      const timer = maxMs > 0 ? setTimeout(() => waiter.refuse(late()), maxMs) : undefined;
      this.#waiters.push(waiter);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort);
    });
  }

  /** Hands out what has become free. */
  serve(): void {
    for (let first = this.#waiters[0]; first; first = this.#waiters[0]) {
      const given = this.give(first.want);
      if (given === null) return;
      first.take(given);
    }
  }

  refuse(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
  }
}
