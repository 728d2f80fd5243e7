import { readSync } from 'node:fs';

/** A file that is not a heap snapshot, or not a whole one. */
export class SnapshotError extends Error {
  constructor(what: string, at?: number) {
    super(`not a heap snapshot that can be read: ${what}${at === undefined ? '' : ` (at byte ${at})`}`);
    this.name = 'SnapshotError';
  }
}

const CHUNK = 262_144;

/** Reads a file forward, a chunk at a time; a jump is allowed. */
export class Input {
  readonly bytes = Buffer.allocUnsafeSlow(CHUNK);
  /** Bytes of the chunk that are valid, and the next one to look at. */
  length = 0;
  at = 0;
  #chunkStart = 0;

  constructor(
    private readonly fd: number,
    readonly fileSize: number,
  ) {}

  /** Where in the file the next byte lies. */
  get offset(): number {
    return this.#chunkStart + this.at;
  }

  /** The next chunk. False at the end of the file. */
  refill(): boolean {
    this.#chunkStart += this.length;
    this.at = 0;
    this.length = readSync(this.fd, this.bytes, 0, CHUNK, this.#chunkStart);
    return this.length > 0;
  }

  /** Goes to a place in the file; reads only when it lies outside the chunk. */
  seek(offset: number): void {
    const within = offset - this.#chunkStart;
    if (within >= 0 && within <= this.length) {
      this.at = within;
      return;
    }
    this.#chunkStart = offset;
    this.length = 0;
    this.at = 0;
  }

  /** The next byte; -1 at the end of the file. */
  next(): number {
    if (this.at >= this.length && !this.refill()) return -1;
    const byte = this.bytes[this.at] as number;
    this.at += 1;
    return byte;
  }

  /** Passes over everything up to and including a byte. */
  passOver(byte: number): void {
    for (;;) {
      const found = this.bytes.subarray(0, this.length).indexOf(byte, this.at);
      if (found >= 0) {
        this.at = found + 1;
        return;
      }
      this.at = this.length;
      if (!this.refill()) throw new SnapshotError('it ends too soon', this.offset);
    }
  }
}
