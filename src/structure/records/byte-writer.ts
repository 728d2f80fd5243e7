const TWO_32 = 2 ** 32;

/** Bytes that grow at their end, little-endian. */
export class ByteWriter {
  length = 0;
  #bytes: Uint8Array;
  /** Replaced when the bytes grow: to be looked up after room was made. */
  #view: DataView;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written, as a view that holds only until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Room for `bytes` more, to be filled by hand: where it begins in `written`. */
  skip(bytes: number): number {
    const at = this.length;
    this.#reserve(bytes);
    this.length += bytes;
    return at;
  }

  /** Forgets what was written from `length` on. */
  cutTo(length: number): void {
    this.#bytes.fill(0, length, this.length);
    this.length = length;
  }

  u8(value: number): void {
    const at = this.skip(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.skip(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.skip(4);
    this.#view.setUint32(at, value, true);
  }

  /** A whole number that a double holds exactly, as 64 bits with a sign. */
  i64(value: number): void {
    const at = this.skip(8);
    this.#view.setUint32(at, value, true); // setUint32 takes the value modulo 2^32
    this.#view.setInt32(at + 4, Math.floor(value / TWO_32), true);
  }

  big64(value: bigint): void {
    const at = this.skip(8);
    this.#view.setBigInt64(at, value, true); // takes the value modulo 2^64
  }

  raw(bytes: Uint8Array): void {
    const at = this.skip(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Writes a number in the place of an earlier one. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.written);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
