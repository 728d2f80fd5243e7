import assert from 'node:assert/strict';
import { tableFromIPC } from 'apache-arrow';
import { loadArrow, RecordBatch, toArrow } from '../../../../src';

describe('an Arrow stream of records', () => {
  it('holds every type as Arrow has it', async () => {
    const types = [
      'bool',
      'i8',
      'i16',
      'i32',
      'i64',
      'u8',
      'u16',
      'u32',
      'u64',
      'f32',
      'f64',
      'time',
      'string',
    ] as const;
    const batch = new RecordBatch([
      ...types.map((type) => ({ name: type, type })),
      { name: 'fixed', type: 'fixed', length: 8 },
    ]);
    const record = {
      ...{ bool: true, i8: -1, i16: -2, i32: -3, i64: -(2n ** 63n), u8: 255, u16: 65_535, u32: 2 ** 32 - 1 },
      ...{ u64: 2n ** 64n - 1n, f32: 1.5, f64: 1 / 3, time: 1_790_000_000_123, string: 'grün', fixed: '😀' },
    };
    batch.addAll([record, { ...record, bool: false, string: 'rot' }]);
    const table = tableFromIPC(await toArrow(batch));
    assert.deepEqual(
      table.schema.fields.map(({ type }) => String(type)),
      [
        ...[
          'Bool',
          'Int8',
          'Int16',
          'Int32',
          'Int64',
          'Uint8',
          'Uint16',
          'Uint32',
          'Uint64',
          'Float32',
          'Float64',
        ],
        ...['Timestamp<MILLISECOND, UTC>', 'Dictionary<Int32, Utf8>', 'Dictionary<Int32, Utf8>'],
      ],
    );
    assert.deepEqual(
      table.toArray().map((row) => ({ ...row.toJSON() })),
      [record, { ...record, bool: false, string: 'rot' }],
    );
  });

  it('has null where a record has no value', async () => {
    const batch = new RecordBatch([
      { name: 'v', type: 'f64', optional: true },
      { name: 'id', type: 'string', optional: true },
      { name: 'ok', type: 'bool', optional: true },
    ]);
    batch.addAll([{ v: 1.5, id: 'a', ok: false }, {}, { v: 0 }]);
    const table = tableFromIPC(await toArrow(batch));
    assert.deepEqual(
      table.toArray().map((row) => ({ ...row.toJSON() })),
      [
        { v: 1.5, id: 'a', ok: false },
        { v: null, id: null, ok: null },
        { v: 0, id: null, ok: null },
      ],
    );
  });

  for (const count of [0, 1, 1_000]) {
    it(`of ${count} records has ${count} rows`, async () => {
      const batch = new RecordBatch([
        { name: 'v', type: 'i32' },
        { name: 'id', type: 'string' },
      ]);
      batch.addAll(Array.from({ length: count }, (_each, v) => ({ v, id: `s${v % 7}` })));
      const table = tableFromIPC(await toArrow(batch));
      assert.equal(table.numRows, count);
      if (count > 0) assert.equal(table.getChild('id')?.get(count - 1), `s${(count - 1) % 7}`);
    });
  }

  it('says how to install the package where it is not there', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    await assert.rejects(
      loadArrow(() => Promise.reject(missing)),
      /npm install apache-arrow/,
    );
    await assert.rejects(
      loadArrow(() => Promise.reject(new Error('broken'))),
      /broken/,
    );
  });
});
