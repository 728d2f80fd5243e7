import type { Message } from '../ledger';
import { CarriedSearch } from '../ledger/carried';

/** Buffers remembered at most; of more, a fair sample. */
const MOST_BUFFERS = 4_096;
/** Values looked at in one message: it is done for each that arrives. */
const MOST_VALUES = 32;
/** The data of smaller ones weigh no more than what is written down of them. */
const LEAST_BYTES = 1_024;

interface Sighting {
  memory: WeakRef<ArrayBufferLike>;
  /** Ids of nodes. */
  sentFirst: string;
  receivedLast: string;
}

/**
 * The memory of Buffers seen in messages: who sent it first, who got it last, and whether it is still there. Keeps
 * none of it alive. It names somebody for Buffers that are kept where no survey can look.
 */
export class SeenBuffers {
  /** Null for those left out of the sample. Held as long as the memory is. */
  readonly #known = new WeakMap<ArrayBufferLike, Sighting | null>();
  readonly #search = new CarriedSearch((memory) => this.#see(memory), MOST_VALUES);
  #sightings: Sighting[] = [];
  /** One of so many is remembered, and stands for the others. */
  #oneIn = 1;
  #from = '';
  #to = '';

  /** Takes note of a message that has come to a node; `from` is where it came from, if from a node. */
  arrived(msg: Message, to: string, from = to): void {
    this.#from = from;
    this.#to = to;
    this.#search.find(msg);
  }

  /**
   * Bytes that are still there, by the node that got them last; where that one `isThere` no more, by the one that
   * sent them first. Memory that was moved on, as that of a lease that went back, is empty.
   */
  live(isThere: (id: string) => boolean): Map<string, number> {
    const bytes = new Map<string, number>();
    for (const { memory, sentFirst, receivedLast } of this.#sightings) {
      const size = (memory.deref()?.byteLength ?? 0) * this.#oneIn;
      if (size === 0) continue;
      const id = isThere(receivedLast) ? receivedLast : sentFirst;
      bytes.set(id, (bytes.get(id) ?? 0) + size);
    }
    return bytes;
  }

  #see(memory: ArrayBufferLike): undefined {
    const known = this.#known.get(memory);
    if (known) known.receivedLast = this.#to;
    else if (known === undefined && memory.byteLength >= LEAST_BYTES) this.#remember(memory);
  }

  #remember(memory: ArrayBufferLike): void {
    let sighting: Sighting | null = null;
    // By chance, for what flows by may have a rhythm.
    if (Math.random() * this.#oneIn < 1) {
      sighting = { memory: new WeakRef(memory), sentFirst: this.#from, receivedLast: this.#to };
      this.#sightings.push(sighting);
      if (this.#sightings.length >= MOST_BUFFERS) this.#makeRoom();
    }
    this.#known.set(memory, sighting);
  }

  #makeRoom(): void {
    this.#sightings = this.#sightings.filter(({ memory }) => memory.deref() !== undefined);
    // Nearly full again, it would be looked through too often.
    while (this.#sightings.length > MOST_BUFFERS / 2) {
      this.#sightings = this.#sightings.filter(() => Math.random() < 0.5);
      this.#oneIn *= 2;
    }
  }
}
