import type { Node } from 'node-red';

const WARN_EVERY_MS = 60_000;

/** Warns of what may happen with every message: the first time, and then once a minute at most, with the count. */
export class RareWarning {
  #count = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;

  /** @param text - says it for so many times, and for the last one */
  constructor(
    private readonly node: Pick<Node, 'warn'>,
    private readonly text: (count: number, last: string) => string,
  ) {}

  count(last: string): void {
    this.#count += 1;
    const now = Date.now();
    if (now - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    this.node.warn(this.text(this.#count, last));
  }
}
