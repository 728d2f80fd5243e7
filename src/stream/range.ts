import { ConfigError } from '../config';
import { END, type End, type Source } from './source';

export interface Range {
  /** The first number. */
  from: number;
  /** The last number, if the steps meet it; Infinity for a range without an end. */
  to: number;
  /** May be negative or a fraction, never 0. Default 1, or -1 where `to` is below `from`. */
  step?: number | undefined;
}

/** Numbers at equal distance, both ends included. Throws a ConfigError that names what is no number. */
export class RangeSource implements Source<number> {
  readonly bytes = 0;
  readonly #from: number;
  readonly #to: number;
  readonly #step: number;
  #at = 0;

  constructor({ from, to, step = to < from ? -1 : 1 }: Range) {
    if (!Number.isFinite(from)) refuse('from', from, 'a number');
    if (typeof to !== 'number' || Number.isNaN(to)) refuse('to', to, 'a number');
    if (!Number.isFinite(step) || step === 0) refuse('step', step, 'a number that is not 0');
    this.#from = from;
    this.#to = to;
    this.#step = step;
  }

  next(): number | End {
    // Multiplied, not added up: ten steps of 0.1 end at 1.
    const value = this.#from + this.#at * this.#step;
    // More than a number can be: a range without an end has one there.
    if (!Number.isFinite(value)) return END;
    const beyond = this.#step > 0 ? value > this.#to : value < this.#to;
    if (beyond) return END;
    this.#at += 1;
    return value;
  }

  close(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }
}

function refuse(field: string, value: unknown, expected: string): never {
  throw new ConfigError([{ field, value, expected }]);
}
