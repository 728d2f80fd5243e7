import { type ByteBudget, ByteQueue, type DropFrom } from './byte-queue';

/** What happens to messages while a gate is closed. */
export type WhenClosed = 'pass' | 'divert' | 'drop' | 'queue';

/** `auto`: closed while there is a cause. `open`, `close`: a person's word, until told otherwise. */
export type GateMode = 'auto' | 'open' | 'close';

/** The cause that holds a gate closed. */
export type ClosedBy = 'leaking' | 'headroom' | 'control';

/** Where a message went. Each message offered counts once: passed + diverted + dropped + queued = offered. */
export interface GateCounts {
  passed: number;
  diverted: number;
  dropped: number;
  /** Messages that wait now. */
  queued: number;
  /** Bytes of those that wait now. */
  queuedBytes: number;
}

/** Told of each message that leaves a gate, and by which way. */
export interface Outlets<T> {
  pass(item: T): void;
  divert(item: T): void;
  drop(item: T): void;
}

export interface GateOptions<T> {
  whenClosed: WhenClosed;
  /** The queue's bound, shared with the gates of other keys. */
  budget: ByteBudget;
  dropFrom: DropFrom;
  /** Bytes of a message that is to wait. */
  weigh(item: T): number;
  outlets: Outlets<T>;
}

/**
 * Lets messages through or holds them back, and counts where each of them went. Messages leave in the order they
 * came in: while any wait, a new one waits behind them.
 */
export class Gate<T> {
  mode: GateMode = 'auto';
  /** The watched series leaks. */
  leaking = false;
  passed = 0;
  diverted = 0;
  dropped = 0;
  readonly #queue: ByteQueue<T>;

  constructor(private readonly options: GateOptions<T>) {
    this.#queue = new ByteQueue(options.budget, options.dropFrom);
  }

  get counts(): GateCounts {
    const { passed, diverted, dropped } = this;
    return { passed, diverted, dropped, queued: this.#queue.length, queuedBytes: this.#queue.bytes };
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Why it is closed when the headroom of the whole process is as `headroomLow` says; null: it is open. */
  closedBy(headroomLow: boolean): ClosedBy | null {
    if (this.options.whenClosed === 'pass' || this.mode === 'open') return null;
    if (this.mode === 'close') return 'control';
    if (this.leaking) return 'leaking';
    return headroomLow ? 'headroom' : null;
  }

  offer(item: T, headroomLow: boolean): void {
    const closed = this.closedBy(headroomLow) !== null;
    const { whenClosed, outlets } = this.options;
    if (closed && whenClosed === 'divert') {
      this.diverted += 1;
      outlets.divert(item);
    } else if (closed && whenClosed === 'drop') {
      this.#drop(item);
    } else if (closed || this.#queue.length > 0) {
      this.#wait(item);
      // One out for each one in, or a flow faster than the pacing would never empty the queue.
      if (!closed) this.release();
    } else {
      this.#pass(item);
    }
  }

  /** Lets the message out that waited longest; false when none waits. */
  release(): boolean {
    const item = this.#queue.shift();
    if (item === undefined) return false;
    this.#pass(item);
    return true;
  }

  /** Takes in what waited in an earlier gate, oldest first; what finds no room is dropped and counted. */
  refill(items: readonly T[]): void {
    for (const item of items) this.#wait(item);
  }

  /** Gives back what waits, oldest first, for a later gate; it counts nowhere any more. */
  takeWaiting(): T[] {
    return this.#queue.clear();
  }

  /** Drops what waits, and counts it. */
  dropWaiting(): void {
    for (const item of this.#queue.clear()) this.#drop(item);
  }

  #wait(item: T): void {
    for (const gone of this.#queue.push(item, this.options.weigh(item))) this.#drop(gone);
  }

  #pass(item: T): void {
    this.passed += 1;
    this.options.outlets.pass(item);
  }

  #drop(item: T): void {
    this.dropped += 1;
    this.options.outlets.drop(item);
  }
}
