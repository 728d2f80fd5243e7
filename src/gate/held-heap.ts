import v8 from 'node:v8';
import { GcWindow } from '../gc/observe';

export interface HeapFigures {
  /** Bytes used, garbage included. */
  used: number;
  /** Bytes of the pages that count against the limit: all spaces but the new one. */
  pages: number;
}

/** The last shares of new memory that stayed; the largest counts, for a leak may pause. */
const REMEMBERED = 3;
/** Less than this share of the heap between two collections says nothing about what stays. */
const TELLING_GROWTH = 0.02;

/**
 * What V8's heap holds against its limit now, between full collections too. V8 counts pages, not objects: of those
 * of 256 KB that hold five arrays of 48 KB, 6 % are lost. And what was made since the last full collection may stay:
 * Node.js 24 keeps up to 64 MB of it in new space and promotes it all at once. How much of it will stay is learnt
 * from the collections there were; before the first, all of it counts.
 */
export class HeldHeap {
  readonly #collections: GcWindow;
  readonly #read: () => HeapFigures;
  /** After the last full collection; null before the first. */
  #last: HeapFigures | null = null;
  #peak = 0;
  readonly #stayed: number[] = [];

  constructor(read: () => HeapFigures = heapFigures) {
    this.#read = read;
    this.#collections = new GcWindow({ onCollections: (major) => major && this.collected() });
  }

  /** Bytes held against the limit, as far as is known. */
  get bytes(): number {
    // Lets collections come in that the observer has not told of yet.
    this.#collections.take();
    const { used, pages } = this.#read();
    this.#peak = Math.max(this.#peak, used);
    const last = this.#last;
    if (!last) return used;
    last.pages = Math.min(last.pages, pages);
    return Math.max(last.pages, last.used) + this.#stays * Math.max(0, used - last.used);
  }

  /** A full collection has just ended. */
  collected(): void {
    const now = this.#read();
    const last = this.#last;
    const made = this.#peak - (last?.used ?? 0);
    if (last && made > TELLING_GROWTH * now.used) {
      this.#stayed.push(Math.min(1, Math.max(0, (now.used - last.used) / made)));
      if (this.#stayed.length > REMEMBERED) this.#stayed.shift();
    }
    this.#last = now;
    this.#peak = now.used;
  }

  close(): void {
    this.#collections.close();
  }

  /** Share of what is new that will stay. */
  get #stays(): number {
    return this.#stayed.length === 0 ? 1 : Math.max(...this.#stayed);
  }
}

function heapFigures(): HeapFigures {
  let used = 0;
  let pages = 0;
  for (const { space_name, space_size, space_used_size } of v8.getHeapSpaceStatistics()) {
    used += space_used_size;
    // New large objects have pages of their own, but like all of new space they do not count yet.
    if (!space_name.startsWith('new_')) pages += space_size;
  }
  return { used, pages };
}
