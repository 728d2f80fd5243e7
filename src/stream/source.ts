/** What `next` answers when there is nothing left. A symbol, so that any value can be an item. */
export const END: unique symbol = Symbol('end');
export type End = typeof END;

/**
 * Where items come from, one at a time, when somebody asks.
 *
 * `next` answers at once where it can, for a promise per item would cost more than the item, and with a promise
 * where it has to wait. It is asked again only after it has answered. After `END`, and after `close`, it answers
 * `END`. It throws, or rejects with, a BadItem for an item that cannot be used: the next call goes on behind it.
 * Any other error is the end of the source.
 */
export interface Source<T = unknown> {
  next(): T | End | Promise<T | End>;
  /** Bytes read so far; 0 for sources that read none. */
  readonly bytes: number;
  /** Gives back what it has open, once; a second time does nothing. May be called while `next` is waiting. */
  close(): void | Promise<void>;
  /** Gives back an item that `next` has handed out and nobody will use. */
  discard?(item: T): void;
}

/** An item that cannot be used: a line too long, or one that is no JSON. Names the line, never what it says. */
export class BadItem extends Error {
  override readonly name = 'BadItem';
  constructor(
    /** Line in the file, from 1. */
    readonly line: number,
    problem: string,
  ) {
    super(`line ${line}: ${problem}`);
  }
}

/** Bytes in order, into memory that the caller owns. `FileBytes` reads them from a file. */
export interface ByteReader {
  /** Reads at most `into.length - at` bytes to `at`. Resolves with their number, 0 at the end and after `close`. */
  read(into: Buffer, at: number): Promise<number>;
  /** Bytes read so far. */
  readonly bytes: number;
  close(): Promise<void>;
}
