import { addMoment, clearMoments, MOMENT_CELLS, mergeMoments } from './moments';

/** Numbers in a block, and blocks in a block of the level above. */
const FAN = 64;
const BITS = 6;

/**
 * Running figures of one column of a ring:
 *
 *   slots    | 0 … 63 | 64 … 127 | …                    the numbers themselves, kept by the ring
 *   level 0  |   m    |    m     | …                    figures of 64 numbers each
 *   level 1  |   m: 64 blocks of level 0   | …
 *
 * A block tells of the slots from its first to the last one written, and goes into the block above when its last slot
 * is written. Reading merges at most 64 numbers and 64 blocks of each level: of the oldest block, part of which may be
 * overwritten, the numbers; of the rest the largest blocks that fit. Nothing is subtracted when numbers leave.
 * Costs 0.76 bytes a number (48 for each 64, and a 64th of that for the levels above).
 */
export class BlockTree {
  readonly #levels: Float64Array[] = [];
  readonly #base: Float64Array;

  /** @param length - slots of the ring */
  constructor(private readonly length: number) {
    let blocks = length;
    do {
      blocks = Math.ceil(blocks / FAN);
      this.#levels.push(new Float64Array(blocks * MOMENT_CELLS));
    } while (blocks > FAN);
    this.#base = this.#levels[0] as Float64Array;
  }

  get bytes(): number {
    return this.#levels.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Takes in the number just written to `slot`. Slots are written in order, and go on at 0 behind the last. */
  add(slot: number, value: number): void {
    const cells = this.#base;
    const at = (slot >>> BITS) * MOMENT_CELLS;
    if (slot % FAN === 0) clearMoments(cells, at);
    addMoment(cells, at, value);
    if (slot % FAN === FAN - 1 || slot === this.length - 1) this.#close(slot);
  }

  /** Adds the figures of the slots `from` to `to` (exclusive) to `cells`; `to` is the last slot written, plus one. */
  collect(from: number, to: number, column: Float64Array, cells: Float64Array): void {
    let slot = from;
    for (; slot < to && slot % FAN !== 0; slot++) addMoment(cells, 0, column[slot] as number);
    if (slot >= to) return;
    let block = slot >>> BITS;
    let end = to;
    for (const blocks of this.#levels) {
      const closed = to === this.length ? Math.ceil(end / FAN) : Math.floor(end / FAN);
      const isTop = blocks === this.#levels.at(-1);
      // The block being filled tells of what it has; the one above does not know of it yet.
      if (closed * FAN < end) mergeMoments(cells, 0, blocks, closed * MOMENT_CELLS);
      for (; block < closed && (isTop || block % FAN !== 0); block++)
        mergeMoments(cells, 0, blocks, block * MOMENT_CELLS);
      if (block >= closed) return;
      block >>>= BITS;
      end = closed;
    }
  }

  /** Merges the block that `slot` ends into the one above, and on upwards where that ends there too. */
  #close(slot: number): void {
    const isLast = slot === this.length - 1;
    let block = slot >>> BITS;
    for (let level = 1; level < this.#levels.length; level++) {
      const below = this.#levels[level - 1] as Float64Array;
      const blocks = this.#levels[level] as Float64Array;
      const at = (block >>> BITS) * MOMENT_CELLS;
      if (block % FAN === 0) clearMoments(blocks, at);
      mergeMoments(blocks, at, below, block * MOMENT_CELLS);
      if (block % FAN !== FAN - 1 && !isLast) return;
      block >>>= BITS;
    }
  }
}
