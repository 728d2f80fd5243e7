import { leaseOf, type Pool } from '../buffer';
import { type ByteReader, END, type End, type Source } from './source';

/**
 * The bytes of a file in Buffers of `chunkBytes`, the last one shorter: leased from a pool, or with memory of their
 * own where there is none. The pool's errors are the source's: a pool that is full and may not allocate ends it.
 */
export class ChunkSource implements Source<Buffer> {
  readonly #closing = new AbortController();

  constructor(
    readonly reader: ByteReader,
    readonly chunkBytes: number,
    readonly pool: Pool | null,
  ) {}

  get bytes(): number {
    return this.reader.bytes;
  }

  async next(): Promise<Buffer | End> {
    if (this.#closed) return END;
    const chunk = await this.#emptyChunk();
    try {
      const filled = await this.#fill(chunk);
      if (filled > 0 && !this.#closed) return filled < chunk.length ? chunk.subarray(0, filled) : chunk;
    } catch (error) {
      this.discard(chunk);
      throw error;
    }
    this.discard(chunk);
    return END;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the source was closed'));
    await this.reader.close();
  }

  discard(chunk: Buffer): void {
    const lease = leaseOf(chunk);
    if (lease && !lease.ended) lease.return();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #emptyChunk(): Promise<Buffer> {
    const lease = await this.pool?.leaseWhenFree(this.chunkBytes, this.#closing.signal);
    return lease?.buffer ?? Buffer.allocUnsafeSlow(this.chunkBytes);
  }

  /** Systems may read less than asked for in the middle of a file. */
  async #fill(chunk: Buffer): Promise<number> {
    let filled = 0;
    while (filled < chunk.length) {
      const read = await this.reader.read(chunk, filled);
      if (read === 0) break;
      filled += read;
    }
    return filled;
  }
}
