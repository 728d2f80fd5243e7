import { bytes, choice, defineConfig, flag, number, type Problem, text } from '../../src/config';

export const SOURCES = ['array', 'lines', 'chunks', 'csv', 'json-lines', 'range', 'iterable'] as const;
export const FROM_TYPES = ['msg', 'flow', 'global', 'str', 'num', 'json', 'jsonata', 'env'] as const;

export interface LazyConfig {
  source: (typeof SOURCES)[number];
  /** The items, the file's path, or the first number, as a TypedInput. */
  from: string;
  fromType: (typeof FROM_TYPES)[number];
  /** Range: the last number. Empty: `from` says how many. */
  to: string;
  step: string;
  /** Chunks: id of a memory-pool, or empty. */
  pool: string;
  chunkBytes: number;
  delimiter: string;
  header: boolean;
  numbers: boolean;
  maxLineBytes: number;
  /** Items, or batches, in the flow at most. */
  window: number;
  batch: number;
  /** Messages that may wait while a source is running. */
  maxWaiting: number;
}

export const config = defineConfig<LazyConfig>(
  {
    source: choice(SOURCES, 'array'),
    from: text({ default: 'payload', max: 10_000 }),
    fromType: choice(FROM_TYPES, 'msg'),
    to: text(),
    step: text({ default: '1' }),
    pool: text(),
    chunkBytes: bytes({ default: 65_536, min: 1, max: 67_108_864 }),
    delimiter: text({ default: ',' }),
    header: flag(true),
    numbers: flag(false),
    maxLineBytes: bytes({ default: 1_048_576, min: 1, max: 268_435_456 }),
    window: number({ default: 1, min: 1, max: 10_000, unit: 'items in flight' }),
    batch: number({ default: 1, min: 1, max: 100_000, unit: 'items' }),
    maxWaiting: number({ default: 16, min: 0, max: 10_000, unit: 'messages' }),
  },
  [
    ({ source, to }) =>
      source !== 'range' || isNumber(to) || to === ''
        ? null
        : problem('to', to, 'a number, or nothing for as many as From says'),
    ({ source, step }) =>
      source !== 'range' || (isNumber(step) && Number(step) !== 0)
        ? null
        : problem('step', step, 'a number that is not 0'),
    ({ source, delimiter }) =>
      source !== 'csv' || (delimiterOf(delimiter).length === 1 && !'"\r\n'.includes(delimiterOf(delimiter)))
        ? null
        : problem('delimiter', delimiter, 'one character that is no quote, or \\t for a tab'),
  ],
);

/** A tab cannot be typed into a form. */
export function delimiterOf(written: string): string {
  return written === '\\t' ? '\t' : written;
}

function isNumber(written: string): boolean {
  return written.trim() !== '' && Number.isFinite(Number(written));
}

function problem(field: string, value: unknown, expected: string): Problem {
  return { field, value, expected };
}
