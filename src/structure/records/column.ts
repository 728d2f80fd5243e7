import type { RecordField, RecordType } from '../../config';

/** Values of one field, one after the other; for texts their places in `texts`, for bools 0 and 1. */
export type Values =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** One field of many records: what builders, packets and Arrow batches have in common. */
export interface Column {
  readonly field: RecordField;
  /** At least one per record; 0 where a record has none. */
  readonly values: Values;
  /** The texts that `values` point into; null where the type is none of text. */
  readonly texts: readonly string[] | null;
  /** 1 for a record that has a value, 0 for one that has none; null where all have. */
  readonly valid: Uint8Array | null;
}

/** Records by their columns. */
export interface Columns {
  readonly count: number;
  readonly columns: readonly Column[];
}

interface TypeFacts {
  /** What holds the values in memory. Texts are held by their places. */
  array: new (
    count: number,
  ) => Values;
  /** Bytes of a value in a packet that is not compressed; 0: it depends. */
  bytes: number;
  kind: 'bool' | 'integer' | 'wide' | 'float' | 'text';
  /** The least and the largest value of a whole number. */
  range?: readonly [number | bigint, number | bigint];
  /** For error messages. */
  expected: string;
}

/** The earliest and the latest time that a Date can tell. */
const LAST_TIME = 8.64e15;

function integer(array: TypeFacts['array'], bytes: number, min: number, max: number): TypeFacts {
  return {
    array,
    bytes,
    kind: 'integer',
    range: [min, max],
    expected: `a whole number from ${min} to ${max}`,
  };
}

function wide(array: TypeFacts['array'], min: bigint, max: bigint): TypeFacts {
  const expected = `a BigInt or whole number from ${min} to ${max}`;
  return { array, bytes: 8, kind: 'wide', range: [min, max], expected };
}

export const TYPES: Readonly<Record<RecordType, TypeFacts>> = {
  bool: { array: Uint8Array, bytes: 1, kind: 'bool', expected: 'true or false' },
  i8: integer(Int8Array, 1, -(2 ** 7), 2 ** 7 - 1),
  i16: integer(Int16Array, 2, -(2 ** 15), 2 ** 15 - 1),
  i32: integer(Int32Array, 4, -(2 ** 31), 2 ** 31 - 1),
  i64: wide(BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n),
  u8: integer(Uint8Array, 1, 0, 2 ** 8 - 1),
  u16: integer(Uint16Array, 2, 0, 2 ** 16 - 1),
  u32: integer(Uint32Array, 4, 0, 2 ** 32 - 1),
  u64: wide(BigUint64Array, 0n, 2n ** 64n - 1n),
  f32: { array: Float32Array, bytes: 4, kind: 'float', expected: 'a number' },
  f64: { array: Float64Array, bytes: 8, kind: 'float', expected: 'a number' },
  time: {
    array: Float64Array,
    bytes: 8,
    kind: 'integer',
    range: [-LAST_TIME, LAST_TIME],
    expected: 'a Date or a whole number of milliseconds since the epoch',
  },
  string: { array: Uint32Array, bytes: 0, kind: 'text', expected: 'a text' },
  fixed: { array: Uint32Array, bytes: 0, kind: 'text', expected: 'a text' },
};

export type { TypeFacts };
