import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type PackOptions,
  packColumns,
  RecordBatch,
  type RecordType,
  readPacket,
  toColumns,
  toObjects,
} from '../../../../src';
import { examples } from './arbitraries';

const WAYS: PackOptions[] = [
  { layout: 'rows' },
  { layout: 'columns', compression: 'none' },
  { layout: 'columns', compression: 'auto' },
];
const nameOf = ({ layout, compression }: PackOptions): string =>
  [layout, compression].filter(Boolean).join(' ');

function through(schema: ConstructorParameters<typeof RecordBatch>[0], records: object[], way: PackOptions) {
  const batch = new RecordBatch(schema);
  batch.addAll(records);
  return readPacket(packColumns(batch, way));
}

/** What a column of one type becomes; deepEqual tells −0 from 0 and takes NaN for NaN. */
function valuesThrough(type: RecordType, values: unknown[], way: PackOptions, length = 8): unknown[] {
  const packet = through(
    [{ name: 'v', type, length }],
    values.map((v) => ({ v })),
    way,
  );
  return toObjects(packet).map(({ v }) => v);
}

for (const way of WAYS) {
  describe(`records packed as ${nameOf(way)}`, () => {
    it('come back exactly, whatever schema and records', () => {
      fc.assert(
        fc.property(examples, ({ schema, records }) => {
          const packet = through(schema, records, way);
          assert.deepEqual(packet.schema, schema);
          assert.equal(packet.count, records.length);
          assert.deepEqual(toObjects(packet), records);
        }),
        { numRuns: 300 },
      );
    });

    for (const [type, values] of [
      ['bool', [true, false, true]],
      ['i8', [-128, 127, 0]],
      ['i16', [-32_768, 32_767, 0]],
      ['i32', [-(2 ** 31), 2 ** 31 - 1, 0]],
      ['i64', [-(2n ** 63n), 2n ** 63n - 1n, 0n, 2n ** 53n + 1n]],
      ['u8', [0, 255]],
      ['u16', [0, 65_535]],
      ['u32', [0, 2 ** 32 - 1]],
      ['u64', [0n, 2n ** 64n - 1n]],
      ['f32', [-0, 0, Number.NaN, Infinity, -Infinity, Math.fround(21.37), 2 ** -149, 3.4028234663852886e38]],
      ['f64', [-0, 0, Number.NaN, Infinity, -Infinity, 21.37, Number.MIN_VALUE, Number.MAX_VALUE, 1 / 3]],
      ['time', [-8.64e15, 8.64e15, 0, 1_790_000_000_000]],
      ['string', ['', '\0', 'ä', '😀', '\ud83d', '\ude00x', 'a\ud800\udc00\ud800b', 'x'.repeat(70_000)]],
      ['fixed', ['', '\0\0', 'ä\0', '😀😀', '\ud83d', 'é'.repeat(4)]],
    ] as const) {
      it(`keep the extremes of ${type}`, () => {
        assert.deepEqual(valuesThrough(type, [...values], way), values);
        // As many again that a compressed column has something to work with.
        const many = Array.from({ length: 100 }, (_each, i) => values[i % values.length]);
        assert.deepEqual(valuesThrough(type, many, way), many);
      });
    }

    it('keep one record, and none', () => {
      const schema = [
        { name: 'v', type: 'f64' },
        { name: 'id', type: 'string' },
      ] as const;
      for (const records of [[], [{ v: 1.5, id: 'a' }]]) {
        assert.deepEqual(toObjects(through(schema, records, way)), records);
      }
    });

    it('keep null apart from 0, false and the empty text', () => {
      const schema = (['bool', 'i32', 'u64', 'f64', 'string', 'fixed'] as const).map((type) => {
        return { name: type, type, optional: true, length: 4 };
      });
      const zero = { bool: false, i32: 0, u64: 0n, f64: 0, string: '', fixed: '' };
      const none = { bool: null, i32: null, u64: null, f64: null, string: null, fixed: null };
      assert.deepEqual(toObjects(through(schema, [zero, {}, none, zero], way)), [zero, none, none, zero]);
    });

    it('come back as columns of typed arrays', () => {
      const schema = [
        { name: 'ts', type: 'time' },
        { name: 'v', type: 'f32' },
        { name: 'id', type: 'string' },
        { name: 'gap', type: 'i16', optional: true },
      ] as const;
      const packet = through(
        schema,
        [
          { ts: 1, v: 1.5, id: 'a' },
          { ts: 2, v: 2.5, id: 'a', gap: 3 },
        ],
        way,
      );
      assert.deepEqual(toColumns(packet), {
        ts: Float64Array.of(1, 2),
        v: Float32Array.of(1.5, 2.5),
        id: ['a', 'a'],
        gap: [null, 3],
      });
    });
  });
}
