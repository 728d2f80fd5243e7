import { PacketError } from './packet-error';

const TWO_32 = 2 ** 32;

/** Reads bytes in order, little-endian. Throws a PacketError instead of reading past the end. */
export class ByteReader {
  at = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** What is read, for errors: `column "value"`. */
    private readonly what: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    const from = this.#pass(count);
    return this.bytes.subarray(from, from + count);
  }

  u8(): number {
    return this.#view.getUint8(this.#pass(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#pass(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#pass(4), true);
  }

  /** A whole number of 64 bits with a sign; refused where a double does not hold it exactly. */
  i64(): number {
    const from = this.#pass(8);
    const value = this.#view.getInt32(from + 4, true) * TWO_32 + this.#view.getUint32(from, true);
    if (!Number.isSafeInteger(value)) throw this.wrong('a number is out of range');
    return value;
  }

  big64(): bigint {
    return this.#view.getBigInt64(this.#pass(8), true);
  }

  /** Throws where bytes are left that belong to nothing. */
  end(): void {
    if (this.left > 0) throw this.wrong(`${this.left} bytes too many`);
  }

  wrong(reason: string): PacketError {
    return new PacketError(`${this.what}: ${reason}`);
  }

  #pass(count: number): number {
    const from = this.at;
    if (count > this.left) throw this.wrong(`ends ${count - this.left} bytes too early`);
    this.at = from + count;
    return from;
  }
}
