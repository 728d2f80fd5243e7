import { END, type End, type Source } from './source';

/** The elements of an array or typed array, in order. What is appended meanwhile is found too. */
export class ArraySource<T> implements Source<T> {
  readonly bytes = 0;
  #items: ArrayLike<T>;
  #at = 0;

  constructor(items: ArrayLike<T>) {
    this.#items = items;
  }

  next(): T | End {
    if (this.#at >= this.#items.length) return END;
    const item = this.#items[this.#at] as T;
    this.#at += 1;
    return item;
  }

  close(): void {
    this.#items = [];
  }
}
