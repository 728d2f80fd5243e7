import { END, type End, type Source } from './source';

/** A source that is made when it is first asked: what making it throws is the source's own error. */
export class LaterSource implements Source {
  #source: Source | null = null;
  #closed = false;

  constructor(readonly make: () => Source | Promise<Source>) {}

  get bytes(): number {
    return this.#source?.bytes ?? 0;
  }

  next(): unknown | End | Promise<unknown | End> {
    return this.#source ? this.#source.next() : this.#begin();
  }

  close(): void | Promise<void> {
    this.#closed = true;
    return this.#source?.close();
  }

  discard(item: unknown): void {
    this.#source?.discard?.(item);
  }

  async #begin(): Promise<unknown | End> {
    if (this.#closed) return END;
    const source = await this.make();
    this.#source = source;
    if (!this.#closed) return source.next();
    await source.close();
    return END;
  }
}
