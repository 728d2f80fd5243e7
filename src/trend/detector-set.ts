import { LeakDetector, type LeakDetectorOptions } from './detector';
import type { LeakDetectorState } from './state';
import type { Verdict } from './verdict';

export interface DetectorSetOptions extends LeakDetectorOptions {
  /** Default 1000. */
  maxKeys?: number;
  /** Told of each key that had to go for a newer one, with its last verdict. */
  onEvict?: (key: string, last: Verdict) => void;
}

export interface DetectorSetState {
  version: 1;
  detectors: [key: string, state: LeakDetectorState][];
}

/** One leak detector per key, at most `maxKeys`: the key not seen for longest goes first, and is reported. */
export class DetectorSet {
  /** Keys that had to go since the start. */
  evicted = 0;
  readonly #options: DetectorSetOptions;
  readonly #maxKeys: number;
  // A Map keeps insertion order; a key seen is put last, so the first is the least recently seen.
  readonly #detectors = new Map<string, LeakDetector>();

  constructor(options: DetectorSetOptions = {}) {
    this.#options = options;
    this.#maxKeys = options.maxKeys ?? 1000;
    if (!Number.isInteger(this.#maxKeys) || this.#maxKeys < 1)
      throw new TypeError(`DetectorSet: maxKeys is ${options.maxKeys}, expected a whole number from 1`);
  }

  get size(): number {
    return this.#detectors.size;
  }

  /** Keys, least recently seen first. */
  keys(): IterableIterator<string> {
    return this.#detectors.keys();
  }

  get(key: string): LeakDetector | undefined {
    return this.#detectors.get(key);
  }

  /** Takes one reading of `key`; see {@link LeakDetector.update}. */
  update(key: string, timeMs: number, bytes: number, limitBytes: number): Verdict | undefined {
    return this.#touch(key).update(timeMs, bytes, limitBytes);
  }

  /** Forgets `key`; true when it was known. */
  delete(key: string): boolean {
    return this.#detectors.delete(key);
  }

  clear(): void {
    this.#detectors.clear();
  }

  toJSON(): DetectorSetState {
    return { version: 1, detectors: [...this.#detectors].map(([key, detector]) => [key, detector.toJSON()]) };
  }

  /** A set that goes on where `state` ended, as far as it can be read; the most recent keys if it is too large. */
  static fromJSON(state: unknown, options: DetectorSetOptions = {}): DetectorSet {
    const set = new DetectorSet(options);
    const listed = (state as DetectorSetState | null | undefined)?.detectors;
    if (!Array.isArray(listed)) return set;
    for (const entry of listed.slice(-set.#maxKeys)) {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string') continue;
      set.#detectors.set(entry[0], LeakDetector.fromJSON(entry[1], options));
    }
    return set;
  }

  #touch(key: string): LeakDetector {
    const known = this.#detectors.get(key);
    if (known) {
      this.#detectors.delete(key);
      this.#detectors.set(key, known);
      return known;
    }
    if (this.#detectors.size >= this.#maxKeys) this.#evictOldest();
    const fresh = new LeakDetector(this.#options);
    this.#detectors.set(key, fresh);
    return fresh;
  }

  #evictOldest(): void {
    for (const [key, detector] of this.#detectors) {
      this.#detectors.delete(key);
      this.evicted += 1;
      this.#options.onEvict?.(key, detector.verdict());
      return;
    }
  }
}
