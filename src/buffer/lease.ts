import { leasedView } from './leased-view';
import type { Pool } from './pool';

/** An end that came a second time, or a return to a pool that did not lease it. Names the lease and what is wrong. */
export class LeaseError extends Error {
  override readonly name = 'LeaseError';
}

const leasesByMemory = new WeakMap<ArrayBufferLike, Lease>();

/** The lease, ended or not, whose memory a view shows; undefined for memory that no pool leased. */
export function leaseOf(view: ArrayBufferView): Lease | undefined {
  return leasesByMemory.get(view.buffer);
}

let lastId = 0;

/**
 * One buffer on loan: an ArrayBuffer of its own, so that neither a clone nor `.buffer` shows a neighbour's bytes.
 * It starts with one hold; with the last one let go the memory goes back to its pool under a new ArrayBuffer,
 * and every old view is empty.
 */
export class Lease {
  readonly id: number;
  readonly buffer: Buffer;
  readonly since = Date.now();
  /** Bytes taken by the memory, at least `bytes`. */
  readonly capacity: number;
  /** Knows where it came from and went, for leases that leak detection watches. */
  witness: Witness | null = null;
  /** Called when the memory was garbage collected unreturned. As a witness, it must not reach the lease. */
  onCollected: (() => void) | null = null;
  /** Set by the pool when it stops holding a lease that is out for long. */
  absence: Absence | null = null;
  #holds = 1;
  #ended = false;

  constructor(
    readonly pool: Pool,
    /** Length of `buffer`. */
    readonly bytes: number,
    memory: ArrayBuffer,
    /** Counts against the pool's capacity and may be reused. */
    readonly pooled: boolean,
  ) {
    lastId += 1;
    this.id = lastId;
    this.capacity = memory.byteLength;
    this.buffer = leasedView(memory, 0, bytes);
    leasesByMemory.set(memory, this);
  }

  get memory(): ArrayBuffer {
    return this.buffer.buffer as ArrayBuffer;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** One hold more. Throws a LeaseError after the end. */
  retain(): this {
    if (this.#ended) throw new LeaseError(`lease ${this.id} is over: it cannot be retained`);
    this.#holds += 1;
    return this;
  }

  /** One hold less; the last ends the lease. Throws a LeaseError after the end. */
  release(): void {
    this.#refuseSecondEnd();
    this.#holds -= 1;
    if (this.#holds === 0) this.return();
  }

  /** Ends the lease now, whoever holds it: their views become empty. Throws a LeaseError after the end. */
  return(): void {
    this.#refuseSecondEnd();
    this.#ended = true;
    this.pool.takeBack(this);
  }

  /**
   * Ends the lease without touching the memory, for somebody may still use it; it is never leased again.
   * `leaked` says that it was never completed, and reports it.
   */
  giveUp(leaked = false): void {
    this.#refuseSecondEnd();
    this.#ended = true;
    this.pool.letGo(this, leaked);
  }

  #refuseSecondEnd(): void {
    if (this.#ended) throw new LeaseError(`lease ${this.id} (${this.bytes} bytes) was returned already`);
  }
}

/**
 * Who leased a buffer and who touched it, asked when it has leaked. Must not reach the lease or its memory, or
 * neither would ever be collected.
 */
export interface Witness {
  leasedBy: string;
  touchedBy(): string[];
}

/** What a pool keeps of a lease that is out for long: enough to count and report it, nothing that keeps it alive. */
export interface Absence {
  readonly pool: Pool;
  readonly id: number;
  readonly bytes: number;
  readonly capacity: number;
  readonly pooled: boolean;
  readonly since: number;
  readonly witness: Witness | null;
  readonly onCollected: (() => void) | null;
}
