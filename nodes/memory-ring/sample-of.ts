import type { NodeAPI, NodeMessage } from 'node-red';
import { NUMBER_EXPECTED, numberOf, shown } from '../../src';
import { readProperty } from '../shared/message';
import { columnsOf, type RingConfig } from './config';

export interface Sample {
  time: number;
  values: Float64Array;
}

const TIME_EXPECTED = 'milliseconds since 1970, a date, or nothing for now';

/** Reads samples out of messages, by the paths of the config. */
export class SampleReader {
  readonly #columns: readonly string[];
  /** The path of the time below the sample; null where it is elsewhere in the message. */
  readonly #timeInSample: string | null;

  constructor(
    private readonly RED: NodeAPI,
    private readonly config: RingConfig,
  ) {
    const { value, time, fields } = config;
    this.#columns = columnsOf(fields);
    this.#timeInSample = time.startsWith(`${value}.`) ? time.slice(value.length + 1) : null;
  }

  /**
   * The samples of a message: one, or as many as the list in it has.
   * @throws TypeError naming field, value and what is expected; then none of them counts
   */
  read(msg: NodeMessage): Sample[] {
    const found = readProperty(this.RED, msg, this.config.value);
    if (!Array.isArray(found)) return [this.#sample(found, msg, this.config.value)];
    return found.map((each, at) => this.#sample(each, msg, `${this.config.value}[${at}]`));
  }

  #sample(sample: unknown, msg: NodeMessage, name: string): Sample {
    const isObject = typeof sample === 'object' && sample !== null && !ArrayBuffer.isView(sample);
    const [only = ''] = this.#columns;
    if (!isObject && this.#columns.length === 1)
      return { time: this.#time(undefined, msg), values: Float64Array.of(this.#number(only, sample, name)) };
    if (!isObject)
      throw new TypeError(
        `${this.config.value}: msg.${name} is ${shown(sample)}, expected an object with ${this.#columns.join(', ')}`,
      );
    const below = (path: string): unknown =>
      readProperty(this.RED, { sample } as NodeMessage, `sample.${path}`);
    const numbers = this.#columns.map((field) => this.#number(field, below(field), `${name}.${field}`));
    if (numbers.every(Number.isNaN))
      throw new TypeError(
        `fields: msg.${name} has none of ${this.#columns.join(', ')}, expected at least one`,
      );
    const time = this.#timeInSample === null ? undefined : below(this.#timeInSample);
    return { time: this.#time(time, msg), values: Float64Array.from(numbers) };
  }

  #number(field: string, value: unknown, name: string): number {
    const isMissing = value === undefined || value === null || Number.isNaN(value);
    if (isMissing && this.config.missing === 'gap') return Number.NaN;
    const number = numberOf(value);
    if (!Number.isNaN(number)) return number;
    throw new TypeError(`${field}: msg.${name} is ${shown(value)}, expected ${NUMBER_EXPECTED}`);
  }

  #time(inSample: unknown, msg: NodeMessage): number {
    const value = this.#timeInSample === null ? readProperty(this.RED, msg, this.config.time) : inSample;
    if (value === undefined || value === null || value === '') return Date.now();
    const time = value instanceof Date ? value.getTime() : numberOf(value);
    const parsed = Number.isNaN(time) && typeof value === 'string' ? Date.parse(value) : time;
    if (!Number.isNaN(parsed)) return parsed;
    throw new TypeError(`time: msg.${this.config.time} is ${shown(value)}, expected ${TIME_EXPECTED}`);
  }
}
