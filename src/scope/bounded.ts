import type { WaitingLine } from '../buffer/waiting-line';

/** How many messages of one node may wait, and how long. */
export interface Bounds {
  /** ms; 0: as long as it takes. */
  maxWaitMs: number;
  maxWaiting: number;
}

/** A message came while as many as allowed were waiting already. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
}

/** A message has waited as long as allowed. */
export class WaitedTooLong extends Error {
  override readonly name = 'WaitedTooLong';
}

/** The waiters of one node in a line that all nodes share. */
export class Bounded {
  #waiting = 0;

  constructor(readonly bounds: Bounds) {}

  /** Joins a line. Rejects with TooManyWaiting, WaitedTooLong, or the signal's reason. `what` is waited for. */
  async join<W, T>(line: WaitingLine<W, T>, want: W, signal: AbortSignal, what: () => string): Promise<T> {
    const { maxWaitMs, maxWaiting } = this.bounds;
    if (this.#waiting >= maxWaiting) {
      throw new TooManyWaiting(
        `${what()}: ${this.#waiting} messages wait already, expected at most ${maxWaiting}`,
      );
    }
    this.#waiting += 1;
    try {
      return await line.join(want, maxWaitMs, signal, () => {
        return new WaitedTooLong(`${what()}: was not free within ${maxWaitMs} ms`);
      });
    } finally {
      this.#waiting -= 1;
    }
  }
}
