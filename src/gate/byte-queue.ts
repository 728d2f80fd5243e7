/** Which message goes when a full queue is offered another one. */
export type DropFrom = 'oldest' | 'newest';

/** A number of bytes that several queues share, so that their sum is bounded however many there are. */
export class ByteBudget {
  usedBytes = 0;
  /** What the queues may hold now: `maxBytes`, or less while it is frozen. */
  #ceiling: number;

  constructor(readonly maxBytes: number) {
    this.#ceiling = maxBytes;
  }

  get ceiling(): number {
    return this.#ceiling;
  }

  /** Frozen, the queues may hold what they hold now and no more: each message in costs one that waits. */
  freeze(frozen: boolean): void {
    this.#ceiling = frozen ? Math.min(this.#ceiling, this.usedBytes) : this.maxBytes;
  }

  fits(bytes: number): boolean {
    return this.usedBytes + bytes <= this.#ceiling;
  }
}

interface Waiting<T> {
  item: T;
  bytes: number;
}

/**
 * A first-in-first-out queue bounded in bytes, not in items.
 *
 *     items  [ - - - a b c ]
 *                    ^ head      shift() takes a; the gap before the head is cut off when it outweighs the rest
 *
 * Never gives up another queue's items: where the budget is used up by others, the offered item itself goes.
 */
export class ByteQueue<T> {
  /** Bytes that wait here. */
  bytes = 0;
  #waiting: (Waiting<T> | undefined)[] = [];
  #head = 0;

  constructor(
    private readonly budget: ByteBudget,
    private readonly dropFrom: DropFrom,
  ) {}

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  /** Takes an item in and returns those that had to go for it, oldest first; the item itself when it finds no room. */
  push(item: T, bytes: number): T[] {
    const dropped: T[] = [];
    if (!this.#canHold(bytes)) return [item];
    while (!this.budget.fits(bytes)) {
      const oldest = this.shift();
      if (oldest !== undefined) dropped.push(oldest);
    }
    this.#waiting.push({ item, bytes });
    this.#account(bytes);
    return dropped;
  }

  /** The oldest item, or undefined when nothing waits. */
  shift(): T | undefined {
    const first = this.#waiting[this.#head];
    if (first === undefined) return undefined;
    this.#waiting[this.#head] = undefined;
    this.#head += 1;
    this.#account(-first.bytes);
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    return first.item;
  }

  /** Empties the queue; what waited comes back, oldest first. */
  clear(): T[] {
    const items = this.#waiting.slice(this.#head).flatMap((waiting) => (waiting ? [waiting.item] : []));
    this.#waiting = [];
    this.#head = 0;
    this.#account(-this.bytes);
    return items;
  }

  #canHold(bytes: number): boolean {
    if (this.budget.fits(bytes)) return true;
    return this.dropFrom === 'oldest' && this.budget.usedBytes - this.bytes + bytes <= this.budget.ceiling;
  }

  #account(bytes: number): void {
    this.bytes += bytes;
    this.budget.usedBytes += bytes;
  }
}
