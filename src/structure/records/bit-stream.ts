import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';

/**
 * Bits into bytes: the first bit is the lowest of the first byte, and of a number the lowest bit comes first.
 *
 *     put(0b101, 3), put(0b0110, 4)  →  byte 0: 0 0110 101
 */
export class BitWriter {
  #held = 0;
  #bits = 0;

  constructor(private readonly out: ByteWriter) {}

  /** The lowest `bits` bits of a number below 2^32; the rest of it must be 0. */
  put(value: number, bits: number): void {
    this.#held |= value << this.#bits;
    const filled = this.#bits + bits;
    if (filled < 32) {
      this.#bits = filled;
      return;
    }
    this.out.u32(this.#held >>> 0);
    this.#bits = filled - 32;
    this.#held = this.#bits === 0 ? 0 : value >>> (bits - this.#bits);
  }

  /** Fills up the last byte with zeros. */
  end(): void {
    for (let left = this.#bits; left > 0; left -= 8) {
      this.out.u8(this.#held & 0xff);
      this.#held >>>= 8;
    }
    this.#held = 0;
    this.#bits = 0;
  }
}

/** Reads what a BitWriter wrote. Throws a PacketError past the end. */
export class BitReader {
  #held = 0;
  #bits = 0;
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(
    private readonly from: ByteReader,
    bytes: number,
  ) {
    this.#bytes = from.take(bytes);
  }

  /** A number of at most 32 bits. */
  get(bits: number): number {
    if (bits <= this.#bits) return this.#cut(bits);
    const low = this.#held;
    const have = this.#bits;
    this.#fill();
    const more = bits - have;
    if (more > this.#bits) throw this.from.wrong('ends within a number');
    const high = this.#cut(more);
    return have === 0 ? high : (low | (high << have)) >>> 0;
  }

  /** Whole bytes that were not touched. */
  get untouched(): number {
    return this.#bytes.length - this.#at + (this.#bits >>> 3);
  }

  #cut(bits: number): number {
    if (bits === 0) return 0;
    const value = bits === 32 ? this.#held : this.#held & ((1 << bits) - 1);
    this.#held = bits === 32 ? 0 : this.#held >>> bits;
    this.#bits -= bits;
    return value >>> 0;
  }

  #fill(): void {
    const count = Math.min(4, this.#bytes.length - this.#at);
    let held = 0;
    for (let i = 0; i < count; i += 1) held |= (this.#bytes[this.#at + i] as number) << (8 * i);
    this.#held = held >>> 0;
    this.#bits = 8 * count;
    this.#at += count;
  }
}
