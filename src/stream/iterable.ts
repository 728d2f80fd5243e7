import { END, type End, type Source } from './source';

interface AnyIterator {
  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>;
  return?(): unknown;
}

/**
 * Whatever can be iterated: generators, Sets, Maps, Node.js and web streams, async or not, and bare iterators.
 * Throws a TypeError for anything else, texts included: their letters are hardly what is meant.
 */
export class IterableSource implements Source {
  readonly bytes = 0;
  readonly #iterator: AnyIterator;
  readonly #origin: object;
  #ended = false;

  constructor(value: unknown) {
    this.#iterator = iteratorOf(value);
    this.#origin = value as object;
  }

  next(): unknown | End | Promise<unknown | End> {
    if (this.#ended) return END;
    const result = this.#iterator.next();
    return isPromiseLike(result) ? this.#later(result) : this.#valueOf(result);
  }

  /** Lets it clean up (`finally` in a generator), without waiting: it may be waiting for something that never comes. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    const { destroy, on } = this.#origin as { destroy?: unknown; on?: unknown };
    // A stream that waits for data would not hear of `return` before the data comes.
    if (typeof destroy === 'function' && typeof on === 'function') {
      // Destroying it may make it tell of an error that nobody waits for any more.
      on.call(this.#origin, 'error', () => {});
      destroy.call(this.#origin);
    }
    const returned = this.#iterator.return?.();
    if (isPromiseLike(returned)) returned.then(undefined, () => {});
  }

  async #later(result: PromiseLike<IteratorResult<unknown>>): Promise<unknown | End> {
    return this.#valueOf(await result);
  }

  #valueOf(result: IteratorResult<unknown>): unknown | End {
    if (typeof result !== 'object' || result === null) {
      throw new TypeError(
        `iterator: next() answered ${typeof result}, expected an object with done and value`,
      );
    }
    if (!result.done) return result.value;
    this.#ended = true;
    return END;
  }
}

function iteratorOf(value: unknown): AnyIterator {
  if (typeof value === 'object' && value !== null) {
    const iterable = value as Partial<AsyncIterable<unknown> & Iterable<unknown> & AnyIterator>;
    const make: unknown = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    const iterator: unknown = typeof make === 'function' ? make.call(value) : value;
    if (typeof (iterator as Partial<AnyIterator> | null)?.next === 'function') return iterator as AnyIterator;
  }
  const given =
    value === null ? 'null' : typeof value === 'object' ? 'an object without an iterator' : typeof value;
  throw new TypeError(`from: is ${given}, expected an iterable, an async iterable or a stream`);
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function';
}
