import { types } from 'node:util';
import type { Message } from './hooks';
import type { Token } from './token';

/** How many values of a message are looked at unless told, and how deep. */
const MOST_VALUES = 200;
const DEEPEST = 6;

/**
 * Finds the tokens whose memory a message shows, by looking through its plain values: its properties, arrays,
 * objects, Maps and Sets. `cut` tells that there was more than it looks at, or something it cannot see into.
 */
export class CarriedSearch {
  cut = false;
  /** A token that is gone although a message still shows its memory: somebody sent it too late. */
  late: Token | null = null;
  #found: Token[] | null = null;
  #values = 0;

  constructor(
    readonly tokenOf: (memory: ArrayBufferLike) => Token | undefined,
    private readonly mostValues = MOST_VALUES,
  ) {}

  find(msg: Message): Token[] | null {
    this.cut = false;
    this.late = null;
    this.#found = null;
    this.#values = 0;
    try {
      for (const key in msg) {
        // A request and its response are the whole HTTP server: no message bytes are kept in there.
        if (key === 'req' || key === 'res') continue;
        const value = msg[key];
        if (typeof value === 'object' && value !== null) this.#look(value, 1);
      }
    } catch {
      // A getter or a Proxy that throws.
      this.cut = true;
    }
    const found = this.#found;
    this.#found = null;
    return found;
  }

  #look(value: object, depth: number): void {
    if (ArrayBuffer.isView(value)) this.#see(value.buffer);
    else if (value instanceof ArrayBuffer) this.#see(value);
    else if (depth > DEEPEST || this.#values > this.mostValues) this.cut = true;
    else if (Array.isArray(value)) this.#lookThrough(value, depth);
    // By types, not instanceof: function nodes make their own realm's Maps and Promises.
    else if (types.isMap(value) || types.isSet(value)) this.#lookThrough([...value.values()], depth);
    else if (types.isPromise(value) || Symbol.asyncIterator in value) this.cut = true;
    else for (const key in value) this.#next((value as Message)[key], depth);
  }

  #lookThrough(items: readonly unknown[], depth: number): void {
    // Strings or numbers, however many, are told by the first.
    if (items.length > this.mostValues && typeof items[0] !== 'object') return;
    for (const item of items) {
      this.#next(item, depth);
      if (this.cut) return;
    }
  }

  #next(value: unknown, depth: number): void {
    this.#values += 1;
    if (this.#values > this.mostValues) this.cut = true;
    else if (typeof value === 'object' && value !== null) this.#look(value, depth + 1);
  }

  #see(memory: ArrayBufferLike): void {
    const token = this.tokenOf(memory);
    if (!token) return;
    if (token.ended) {
      if (token.gone) this.late = token;
    } else if (this.#found === null) this.#found = [token];
    else if (!this.#found.includes(token)) this.#found.push(token);
  }
}
