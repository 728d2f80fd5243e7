import { addMoment, clearMoments, MOMENT_CELLS, mergeMoments, momentsOf } from './moments';

/** Numbers in a block, and blocks in a block of the level above. */
const FAN = 64;
const BITS = 6;

/** The last slot of the block that `slot` is in, of a ring of `length` slots: once it is written, it is to be closed. */
export function blockEnd(slot: number, length: number): number {
  return Math.min(slot | (FAN - 1), length - 1);
}

/**
 * Running figures of one column of a ring:
 *
 *   slots    | 0 … 63 | 64 … 127 | … | being filled |    the numbers themselves, kept by the ring
 *   level 0  |   m    |    m     | …                     figures of 64 numbers each
 *   level 1  |   m: 64 blocks of level 0   | …
 *
 * The figures of a block are made some time after its last slot was written, and go into the block above. Reading merges at most
 * 64 numbers and 64 blocks of each level at either end: of the oldest block, part of which may be overwritten, and of
 * the one being filled the numbers; of the rest the largest blocks that fit. Nothing is subtracted when numbers leave.
 * Costs 0.76 bytes a number (48 for each 64, and a 64th of that for the levels above).
 */
export class BlockTree {
  readonly #levels: Float64Array[] = [];

  /** @param length - slots of the ring */
  constructor(private readonly length: number) {
    let blocks = length;
    do {
      blocks = Math.ceil(blocks / FAN);
      this.#levels.push(new Float64Array(blocks * MOMENT_CELLS));
    } while (blocks > FAN);
  }

  get bytes(): number {
    return this.#levels.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Takes in the block that `slot` ends. Blocks are closed in the order in which they were filled. */
  close(slot: number, column: Float64Array): void {
    let block = slot >>> BITS;
    momentsOf(column, block * FAN, slot + 1, this.#levels[0] as Float64Array, block * MOMENT_CELLS);
    const isLast = slot === this.length - 1;
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

  /** Adds the figures of the slots `from` to `to` (exclusive) to `cells`; `to` is the last slot written, plus one. */
  collect(from: number, to: number, column: Float64Array, cells: Float64Array): void {
    const whole = to === this.length ? Math.ceil(to / FAN) : Math.floor(to / FAN);
    let block = Math.ceil(from / FAN);
    if (block >= whole) {
      addAll(column, from, to, cells);
      return;
    }
    addAll(column, from, block * FAN, cells);
    addAll(column, whole * FAN, to, cells);
    // Closed blocks of this level; those from `block` on are still to be merged.
    let end = whole;
    for (let level = 0; ; level++) {
      const blocks = this.#levels[level] as Float64Array;
      const isTop = level === this.#levels.length - 1;
      for (; block < end && (isTop || block % FAN !== 0); block++)
        mergeMoments(cells, 0, blocks, block * MOMENT_CELLS);
      if (block >= end) return;
      block >>>= BITS;
      const below = end;
      end = to === this.length ? Math.ceil(below / FAN) : Math.floor(below / FAN);
      // A block above that is being filled tells of those below that are closed.
      if (end * FAN < below)
        mergeMoments(cells, 0, this.#levels[level + 1] as Float64Array, end * MOMENT_CELLS);
    }
  }
}

function addAll(column: Float64Array, from: number, to: number, cells: Float64Array): void {
  for (let slot = from; slot < to; slot++) addMoment(cells, 0, column[slot] as number);
}
