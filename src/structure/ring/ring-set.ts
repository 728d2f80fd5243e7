import { ownText } from '../key';
import { Ring, type RingOptions } from './ring';

export interface RingSetOptions extends RingOptions {
  /** Keys kept; the one not heard of for longest goes first. Default 1000. */
  maxKeys?: number;
  /** Bytes of all rings together; the key not heard of for longest goes first. Default: no limit. */
  maxBytes?: number;
  /** Samples older than this, against the last of their key, expire. Default 0: none. */
  maxAgeMs?: number;
  /** Told of each key that had to go for another; its ring is still whole. */
  onEvict?: (key: string, ring: Ring) => void;
}

/** A ring and when its last sample came, by this machine's clock: time goes on for a key that is silent. */
interface Entry {
  ring: Ring;
  arrivedAt: number;
}

/** What another set takes over. */
export interface KeptRing extends Readonly<Entry> {
  readonly key: string;
}

/**
 * One ring per key, bounded in keys and bytes. Ages are counted by the samples' own times: a key's present is the time
 * of its last sample plus what has passed since it came, so that devices may have clocks of their own.
 */
export class RingSet {
  /** Keys that had to go for others since the start. */
  evicted = 0;
  readonly options: Readonly<Required<RingSetOptions>>;
  // A Map keeps insertion order; a key heard of is put last, so the first is the one not heard of for longest.
  readonly #entries = new Map<string, Entry>();
  #last: string | null = null;
  #bytes = 0;

  constructor(options: RingSetOptions) {
    this.options = {
      maxKeys: 1000,
      maxBytes: Number.POSITIVE_INFINITY,
      maxAgeMs: 0,
      onEvict: () => {},
      ...options,
    };
    const { maxKeys } = this.options;
    if (!Number.isInteger(maxKeys) || maxKeys < 1)
      throw new TypeError(`RingSet: maxKeys is ${maxKeys}, expected a whole number from 1`);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of all rings. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Samples of all keys. */
  get samples(): number {
    let samples = 0;
    for (const { ring } of this.#entries.values()) samples += ring.count;
    return samples;
  }

  /** Keys, the one not heard of for longest first. */
  keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** The ring of a key, without what has expired by `now`; undefined when there is none. */
  get(key: string, now = Date.now()): Ring | undefined {
    const entry = this.#entries.get(key);
    if (entry) this.#expire(entry, now);
    return entry?.ring;
  }

  /** All rings, the key not heard of for longest first. */
  kept(): KeptRing[] {
    return [...this.#entries].map(([key, entry]) => ({ key, ...entry }));
  }

  /** Takes in a sample, see {@link Ring.push}; `now` is this machine's clock. Returns the ring of the key. */
  push(key: string, time: number, values: ArrayLike<number>, now = Date.now()): Ring {
    const entry = this.#touch(key, now);
    const { ring } = entry;
    const before = ring.bytes;
    ring.push(time, values);
    this.#bytes += ring.bytes - before;
    entry.arrivedAt = now;
    this.#expire(entry, now);
    this.#makeRoom();
    return ring;
  }

  /** Puts in a ring that another set or a file had, as far as it fits: the newest samples, columns of the same name. */
  adopt({ key, ring, arrivedAt }: KeptRing): void {
    this.delete(key);
    const { capacity, fields } = this.options;
    const isSame = ring.capacity === capacity && ring.fields.join() === fields.join();
    const entry = { ring: isSame ? ring : refit(ring, { capacity, fields }), arrivedAt };
    this.#entries.set(ownText(key), entry);
    this.#bytes += entry.ring.bytes;
    this.#last = null;
    if (this.#entries.size > this.options.maxKeys) this.#evictOldest();
    this.#makeRoom();
  }

  /** Forgets a key; true when it was known. */
  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#bytes -= entry.ring.bytes;
    if (this.#last === key) this.#last = null;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#last = null;
  }

  #touch(key: string, now: number): Entry {
    const known = this.#entries.get(key);
    if (known && key === this.#last) return known;
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      this.#last = key;
      return known;
    }
    this.#forgetExpired(now);
    if (this.#entries.size >= this.options.maxKeys) this.#evictOldest();
    const own = ownText(key);
    const entry = { ring: new Ring(this.options), arrivedAt: now };
    this.#entries.set(own, entry);
    this.#bytes += entry.ring.bytes;
    this.#last = own;
    return entry;
  }

  #expire({ ring, arrivedAt }: Entry, now: number): void {
    const { maxAgeMs } = this.options;
    const span = maxAgeMs > 0 ? ring.span : null;
    if (!span) return;
    const before = ring.bytes;
    // A clock that was set back stands still here until it has caught up.
    ring.expire(span.last + Math.max(0, now - arrivedAt) - maxAgeMs);
    this.#bytes += ring.bytes - before;
  }

  /** Keys of which nothing is left need not wait to be pushed out. */
  #forgetExpired(now: number): void {
    for (const [key, entry] of this.#entries) {
      this.#expire(entry, now);
      if (entry.ring.count > 0) return;
      this.delete(key);
    }
  }

  #makeRoom(): void {
    while (this.#bytes > this.options.maxBytes && this.#entries.size > 1) this.#evictOldest();
  }

  #evictOldest(): void {
    for (const [key, { ring }] of this.#entries) {
      this.delete(key);
      this.evicted += 1;
      this.options.onEvict(key, ring);
      return;
    }
  }
}

/** A ring of other columns or another capacity with what it can take over. Without a common column: an empty one. */
function refit(ring: Ring, options: RingOptions): Ring {
  const fitted = new Ring(options);
  if (!options.fields.some((field) => ring.fields.includes(field))) return fitted;
  const view = ring.last(options.capacity);
  const time = view.reader('time');
  const readers = options.fields.map((field) =>
    ring.fields.includes(field) ? view.reader(field) : () => Number.NaN,
  );
  const values = new Float64Array(options.fields.length);
  for (let i = 0; i < view.length; i++) {
    for (let column = 0; column < values.length; column++) values[column] = readers[column]?.(i) as number;
    fitted.push(time(i), values);
  }
  return fitted;
}
