import type * as Arrow from 'apache-arrow';
import { ByteWriter } from './byte-writer';
import type { Column, Columns, TYPES } from './column';
import { writeBits } from './write-column';

type Load = () => Promise<typeof Arrow>;

/**
 * Loads the optional package `apache-arrow`. Rejects with the command to run where it is not installed.
 * `load` is how to get it.
 */
export async function loadArrow(load: Load = () => import('apache-arrow')): Promise<typeof Arrow> {
  try {
    return await load();
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      'format: arrow needs the package apache-arrow, which is not installed: ' +
        'run "npm install apache-arrow" in the user folder of Node-RED and restart it',
      { cause: error },
    );
  }
}

/**
 * Records as an Apache Arrow IPC stream of one batch, which pandas, DuckDB and Polars read as it is. Times become
 * timestamps in ms UTC, texts dictionaries; halves of characters, for which Arrow has no bytes, become U+FFFD.
 * Rejects as `loadArrow` does.
 */
export async function toArrow(records: Columns): Promise<Buffer> {
  const arrow = await loadArrow();
  const { columns, count } = records;
  const data = columns.map((column) => dataOf(arrow, column, count));
  const fields = columns.map(
    ({ field }, index) => new arrow.Field(field.name, (data[index] as Arrow.Data).type, field.optional),
  );
  const schema = new arrow.Schema(fields);
  const children = arrow.makeData({
    type: new arrow.Struct(fields),
    length: count,
    nullCount: 0,
    children: data,
  });
  const bytes = arrow.tableToIPC(new arrow.Table([new arrow.RecordBatch(schema, children)]), 'stream');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function dataOf(arrow: typeof Arrow, column: Column, count: number): Arrow.Data {
  const { field, values, valid } = column;
  const present = valid?.subarray(0, count);
  const nulls = present
    ? { nullCount: count - present.reduce((sum, bit) => sum + bit, 0), nullBitmap: bits(present) }
    : { nullCount: 0 };
  const common = { length: count, ...nulls };
  if (field.type === 'string' || field.type === 'fixed') {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const data = Int32Array.from(values.subarray(0, count) as Uint32Array);
    return arrow.makeData({ type, ...common, data, dictionary: texts(arrow, column.texts ?? []) });
  }
  if (field.type === 'bool') {
    return arrow.makeData({
      type: new arrow.Bool(),
      ...common,
      data: bits(values.subarray(0, count) as Uint8Array),
    });
  }
  if (field.type === 'time') {
    const type = new arrow.Timestamp(arrow.TimeUnit.MILLISECOND, 'UTC');
    const data = BigInt64Array.from(values.subarray(0, count) as Float64Array, BigInt);
    return arrow.makeData({ type, ...common, data } as never);
  }
  const type = numberType(arrow, field.type);
  return arrow.makeData({ type, ...common, data: values.slice(0, count) } as never);
}

function numberType(arrow: typeof Arrow, type: keyof typeof TYPES): Arrow.DataType {
  const types = {
    i8: arrow.Int8,
    i16: arrow.Int16,
    i32: arrow.Int32,
    i64: arrow.Int64,
    u8: arrow.Uint8,
    u16: arrow.Uint16,
    u32: arrow.Uint32,
    u64: arrow.Uint64,
    f32: arrow.Float32,
    f64: arrow.Float64,
  };
  return new types[type as keyof typeof types]();
}

function bits(values: Uint8Array): Uint8Array {
  const out = new ByteWriter(8 * Math.ceil(values.length / 64) || 8);
  writeBits(out, values, values.length, 1);
  return out.written;
}

function texts(arrow: typeof Arrow, list: readonly string[]): Arrow.Vector<Arrow.Utf8> {
  const offsets = new Int32Array(list.length + 1);
  const bytes = new ByteWriter();
  for (const [index, text] of list.entries()) {
    bytes.raw(Buffer.from(text, 'utf8'));
    offsets[index + 1] = bytes.length;
  }
  return arrow.makeVector(
    arrow.makeData({
      type: new arrow.Utf8(),
      length: list.length,
      valueOffsets: offsets,
      data: bytes.written,
    }),
  );
}
