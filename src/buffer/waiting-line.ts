import type { Lease } from './lease';

interface Waiter {
  bytes: number;
  take(lease: Lease): void;
  refuse(error: Error): void;
}

/** Those who wait for memory, first come first served: nobody who needs little overtakes one who needs much. */
export class WaitingLine {
  readonly #waiters: Waiter[] = [];
  /** How many have ever waited. */
  waited = 0;

  constructor(readonly lease: (bytes: number) => Lease | null) {}

  get length(): number {
    return this.#waiters.length;
  }

  join(bytes: number, maxMs: number, signal: AbortSignal | undefined, late: () => Error): Promise<Lease> {
    this.waited += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        const at = this.#waiters.indexOf(waiter);
        if (at >= 0) this.#waiters.splice(at, 1);
      };
      const waiter: Waiter = {
        bytes,
        take(lease) {
          leave();
          resolve(lease);
        },
        refuse: (error) => {
          leave();
          reject(error);
          // The one behind may need less.
          this.serve();
        },
      };
      const abort = (): void => waiter.refuse(signal?.reason);
      const timer = setTimeout(() => waiter.refuse(late()), maxMs);
      this.#waiters.push(waiter);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort);
    });
  }

  /** Hands out what has become free. */
  serve(): void {
    for (let first = this.#waiters[0]; first; first = this.#waiters[0]) {
      const lease = this.lease(first.bytes);
      if (!lease) return;
      first.take(lease);
    }
  }

  refuse(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
  }
}
