/** Schemas and records that fit them, for properties. */
import fc from 'fast-check';
import { type PlainRecord, RECORD_TYPES, type RecordField, type RecordValue } from '../../../../src';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '\0', 'ä\0', '\ud800', 'x\udc00y', '😀', '\udc00\ud800', 'sensor-1', 'sensor-2'),
);

const decimal = fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 100);
const double = fc.oneof(decimal, fc.double(), fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity));

/** Regular clocks, noise and extremes alike. */
const whole = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max), fc.integer({ min: 0, max: 9 }));
const wide = (min: bigint, max: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max), fc.bigInt({ min: 0n, max: 9n }));

function valuesOf({ type, length }: RecordField): fc.Arbitrary<RecordValue> {
  switch (type) {
    case 'bool':
      return fc.boolean();
    case 'i8':
    case 'i16':
    case 'i32': {
      const half = 2 ** (Number(type.slice(1)) - 1);
      return whole(-half, half - 1);
    }
    case 'u8':
    case 'u16':
    case 'u32':
      return whole(0, 2 ** Number(type.slice(1)) - 1);
    case 'i64':
      return wide(-(2n ** 63n), 2n ** 63n - 1n);
    case 'u64':
      return wide(0n, 2n ** 64n - 1n);
    case 'time':
      return fc.oneof(
        whole(-8.64e15, 8.64e15),
        fc.integer({ min: 0, max: 50 }).map((i) => 1_790_000_000_000 + i * 1_000),
      );
    case 'f32':
      return double.map(Math.fround);
    case 'f64':
      return double;
    case 'string':
      return text;
    case 'fixed':
      return text.filter((each) => Buffer.byteLength(each) <= length);
  }
}

const name = fc
  .oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), fc.constantFrom('toString', '0', 'a b'))
  .filter((each) => each.trim() !== '' && !['__proto__', 'prototype', 'constructor'].includes(each));

const field: fc.Arbitrary<RecordField> = fc
  .record({
    name,
    type: fc.constantFrom(...RECORD_TYPES),
    optional: fc.boolean(),
    length: fc.integer({ min: 1, max: 40 }),
  })
  .map((each) => ({ ...each, length: each.type === 'fixed' ? each.length : 0 }));

export interface Example {
  schema: RecordField[];
  records: PlainRecord[];
}

/** A schema and some records that fit it, each field of each record present. */
export const examples: fc.Arbitrary<Example> = fc
  .uniqueArray(field, { minLength: 1, maxLength: 6, selector: (each) => each.name })
  .chain((schema) =>
    fc
      .array(
        fc.tuple(
          ...schema.map((each) =>
            each.optional ? fc.option(valuesOf(each), { nil: null, freq: 3 }) : valuesOf(each),
          ),
        ),
        { maxLength: 90, size: 'max' },
      )
      .map((rows) => ({
        schema,
        records: rows.map((values) =>
          Object.fromEntries(schema.map((each, index) => [each.name, values[index] as RecordValue])),
        ),
      })),
  );
