import { ConfigError, type PoolOptions, poolConfig } from '../config';
import { FreeList } from './free-list';
import { type Absence, Lease, LeaseError } from './lease';
import { classOf } from './size-class';
import { transfer } from './transfer';
import { WaitingLine } from './waiting-line';

export interface PoolStatistics {
  name: string;
  /** Buffers handed out, unpooled ones included. */
  leases: number;
  /** Buffers that came back. */
  returns: number;
  inUse: number;
  inUseBytes: number;
  /** Idle bytes kept for the next lease. */
  heldBytes: number;
  /** The most that leased and idle bytes were together. */
  peakBytes: number;
  /** Leases that found no idle buffer and allocated one. */
  misses: number;
  /** Leases that had to wait for another's end. */
  waits: number;
  /** Buffers that nobody returned and nobody holds any more. */
  leaked: number;
  /** Share of leases served by a buffer that was used before. */
  reuseRatio: number;
  /** Leases outside the capacity: too small, too large, or the pool was exhausted. */
  unpooled: number;
  /** Buffers left to the garbage collector, for somebody could still be using them. */
  givenUp: number;
}

/** A buffer that was leased and never returned. */
export interface LeakReport {
  pool: string;
  id: number;
  bytes: number;
  ageMs: number;
  /** Who leased it and who had it last, oldest first; known for watched leases only (`leakDetection`). */
  leasedBy: string | null;
  touchedBy: string[];
}

/** The capacity is in use, and the pool was told not to allocate beyond it. */
export class PoolExhausted extends Error {
  override readonly name = 'PoolExhausted';
}

/** Every how many milliseconds idle memory is trimmed and long leases are let out of sight. */
const TRIM_MS = 5_000;

/** With sampled leak detection every how many-th lease is watched. */
const SAMPLE = 16;

const absences = new FinalizationRegistry<Absence>((absence) => absence.pool.collected(absence));

/**
 * Leases buffers of `minBytes` to `maxBytes` by size class and takes their memory back, within `capacityBytes`.
 * An idle pool is empty after two trims. Throws a ConfigError for options that are out of range.
 */
export class Pool {
  #options: PoolOptions;
  readonly #idle = new FreeList();
  readonly #out = new Set<Lease>();
  readonly #outLong = new Set<Absence>();
  readonly #line = new WaitingLine<number, Lease>((bytes) => this.#lease(bytes, false));
  #trimmer: NodeJS.Timeout | null = null;
  #closed = false;
  #inUseBytes = 0;
  #peakBytes = 0;
  #leases = 0;
  #returns = 0;
  #misses = 0;
  #leaked = 0;
  #unpooled = 0;
  #givenUp = 0;
  /** Called for every leaked buffer. */
  onLeak: ((report: LeakReport) => void) | null = null;

  constructor(
    public name: string,
    options: Partial<PoolOptions> = {},
  ) {
    this.#options = poolConfig.parseOrThrow(options);
  }

  get options(): Readonly<PoolOptions> {
    return this.#options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Takes new options; what is leased stays leased, even beyond a smaller capacity. Opens a closed pool again. */
  configure(options: Partial<PoolOptions>): void {
    this.#options = poolConfig.parseOrThrow(options);
    this.#closed = false;
    this.#idle.shrinkTo(Math.max(0, this.#options.capacityBytes - this.#inUseBytes));
    this.#line.serve();
  }

  /**
   * A buffer of exactly `bytes` bytes, whose contents are whatever was there before. Throws a ConfigError for a
   * size that is no whole number from 1 to 2 GB, a LeaseError when the pool is closed, and PoolExhausted with
   * `onExhausted` `fail` or `wait`.
   */
  lease(bytes: number): Lease {
    this.#check(bytes);
    // Those who wait come first.
    const lease = this.#line.length === 0 ? this.#lease(bytes, true) : null;
    if (lease) return lease;
    throw new PoolExhausted(
      `pool ${this.name}: ${bytes} bytes do not fit, ${this.#inUseBytes} of ${this.#options.capacityBytes} are leased`,
    );
  }

  /** As `lease`, but with `onExhausted` `wait` waits its turn for at most `maxWaitMs`, or until `signal` aborts. */
  async leaseWhenFree(bytes: number, signal?: AbortSignal): Promise<Lease> {
    if (this.#options.onExhausted !== 'wait') return this.lease(bytes);
    this.#check(bytes);
    const lease = this.#line.length === 0 ? this.#lease(bytes, true) : null;
    if (lease) return lease;
    const { maxWaitMs } = this.#options;
    return this.#line.join(bytes, maxWaitMs, signal, () => {
      return new PoolExhausted(`pool ${this.name}: ${bytes} bytes were not free within ${maxWaitMs} ms`);
    });
  }

  /** Whether the next lease should have a witness. */
  get watchesNext(): boolean {
    const { leakDetection } = this.#options;
    return leakDetection === 'full' || (leakDetection === 'sampled' && this.#leases % SAMPLE === 0);
  }

  statistics(): PoolStatistics {
    return {
      name: this.name,
      leases: this.#leases,
      returns: this.#returns,
      inUse: this.#out.size + this.#outLong.size,
      inUseBytes: this.#inUseBytes,
      heldBytes: this.#idle.bytes,
      peakBytes: this.#peakBytes,
      misses: this.#misses,
      waits: this.#line.waited,
      leaked: this.#leaked,
      reuseRatio: this.#leases === 0 ? 0 : 1 - this.#misses / this.#leases,
      unpooled: this.#unpooled,
      givenUp: this.#givenUp,
    };
  }

  /** Takes no more leases and drops idle memory. What is leased stays good, and is dropped when it comes back. */
  close(): void {
    this.#closed = true;
    // Its timer is about to stop: from now on leases live only as long as somebody has them.
    for (const lease of this.#out) this.#watchWeakly(lease);
    this.#idle.shrinkTo(0);
    this.#line.refuse(new LeaseError(`pool ${this.name} was closed`));
    this.#stopTrimming();
  }

  /** Drops memory that stayed idle since the last trim but one, and lets long leases out of sight. */
  trim(now = Date.now()): void {
    this.#idle.trim();
    for (const lease of this.#out) {
      if (now - lease.since >= TRIM_MS) this.#watchWeakly(lease);
    }
    if (this.#out.size === 0 && this.#idle.bytes === 0) this.#stopTrimming();
  }

  /** Called by a lease that ends. */
  takeBack(lease: Lease): void {
    this.#forget(lease);
    this.#returns += 1;
    if (this.#options.zeroOnReturn) Buffer.from(lease.memory).fill(0);
    const memory = transfer(lease.memory);
    // What is beyond a lowered capacity, or comes back to a closed pool, is dropped.
    const room = this.#options.capacityBytes - this.#inUseBytes - this.#idle.bytes;
    if (lease.pooled && !this.#closed && memory.byteLength <= room) this.#idle.put(memory);
    this.#line.serve();
  }

  /** Called by a lease that is given up. */
  letGo(lease: Lease, leaked: boolean): void {
    this.#forget(lease);
    this.#givenUp += 1;
    if (leaked) this.#report(lease);
    this.#line.serve();
  }

  /** Called when the memory of a long lease was garbage collected. */
  collected(absence: Absence): void {
    if (!this.#outLong.delete(absence)) return;
    if (absence.pooled) this.#inUseBytes -= absence.capacity;
    absence.onCollected?.();
    this.#report(absence);
    this.#line.serve();
  }

  #check(bytes: number): void {
    if (!Number.isInteger(bytes) || bytes < 1 || bytes > 2 ** 31) {
      throw new ConfigError([
        { field: 'size', value: bytes, expected: `a whole number from 1 to ${2 ** 31} (bytes)` },
      ]);
    }
    if (this.#closed) throw new LeaseError(`pool ${this.name} is closed`);
  }

  /** Null when the pool is exhausted and may not allocate. */
  #lease(bytes: number, mayAllocate: boolean): Lease | null {
    const { minBytes, maxBytes, capacityBytes, onExhausted } = this.#options;
    if (bytes < minBytes || bytes > maxBytes) return this.#leaseUnpooled(bytes);
    const size = classOf(bytes);
    let memory = this.#idle.take(size);
    if (!memory) {
      this.#idle.shrinkTo(Math.max(0, capacityBytes - this.#inUseBytes - size));
      if (this.#inUseBytes + size > capacityBytes) {
        return onExhausted === 'allocate' && mayAllocate ? this.#leaseUnpooled(bytes) : null;
      }
      memory = allocate(size);
      this.#misses += 1;
    }
    this.#inUseBytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#inUseBytes + this.#idle.bytes);
    return this.#handOut(new Lease(this, bytes, memory, true));
  }

  #leaseUnpooled(bytes: number): Lease {
    this.#unpooled += 1;
    this.#misses += 1;
    return this.#handOut(new Lease(this, bytes, allocate(bytes), false));
  }

  #handOut(lease: Lease): Lease {
    this.#leases += 1;
    this.#out.add(lease);
    if (!this.#trimmer) {
      this.#trimmer = setInterval(() => this.trim(), TRIM_MS);
      this.#trimmer.unref();
    }
    return lease;
  }

  #forget(lease: Lease): void {
    if (lease.pooled) this.#inUseBytes -= lease.capacity;
    if (lease.absence) {
      this.#outLong.delete(lease.absence);
      absences.unregister(lease.absence);
    } else this.#out.delete(lease);
  }

  /** From now on the lease lives only as long as somebody has its memory. Only long leases pay for this. */
  #watchWeakly(lease: Lease): void {
    const { id, bytes, capacity, pooled, since, witness, onCollected } = lease;
    const absence: Absence = { pool: this, id, bytes, capacity, pooled, since, witness, onCollected };
    this.#out.delete(lease);
    this.#outLong.add(absence);
    lease.absence = absence;
    absences.register(lease.memory, absence, absence);
  }

  #report({ id, bytes, since, witness }: Pick<Absence, 'id' | 'bytes' | 'since' | 'witness'>): void {
    this.#leaked += 1;
    if (this.#options.leakDetection === 'off') return;
    this.onLeak?.({
      pool: this.name,
      id,
      bytes,
      ageMs: Date.now() - since,
      leasedBy: witness?.leasedBy ?? null,
      touchedBy: witness?.touchedBy() ?? [],
    });
  }

  #stopTrimming(): void {
    if (this.#trimmer) clearInterval(this.#trimmer);
    this.#trimmer = null;
  }
}

/** Memory of its own, not zeroed; never a part of Node.js's shared pool. */
function allocate(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer;
}

/** One leak in words. */
export function describeLeak(report: LeakReport): string {
  const { pool, bytes, ageMs, leasedBy, touchedBy } = report;
  const from = leasedBy ? `, leased by ${leasedBy}` : '';
  const last = touchedBy.length > 0 ? `, last seen in ${touchedBy.join(' → ')}` : '';
  return `pool ${pool}: a buffer of ${bytes} bytes was not returned in ${Math.round(ageMs / 1000)} s${from}${last}`;
}
