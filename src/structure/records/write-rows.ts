import type { ByteWriter } from './byte-writer';
import { type Column, type Columns, TYPES } from './column';
import { widthFor } from './integers';
import { textBytes } from './text';
import { FILLER, writeDictionary } from './write-column';

/**
 * Rows: the dictionaries of `string` fields, each behind its number of bytes, then one row after the other, all of
 * the same size: a bit for each optional field, 1 where it has a value, then the fields in order, each as wide as
 * its type; a `string` as its place in the dictionary.
 */
export function writeRows(out: ByteWriter, { columns, count }: Columns): void {
  for (const { field, texts } of columns) {
    if (field.type !== 'string') continue;
    const at = out.skip(4);
    writeDictionary(out, texts ?? [], false);
    out.patchU32(at, out.length - at - 4);
  }
  const optional = columns.filter(({ field }) => field.optional);
  let offset = Math.ceil(optional.length / 8);
  const widths = columns.map((column) =>
    rowWidth(column.field.type, column.field.length, column.texts?.length ?? 0),
  );
  const stride = widths.reduce((sum, width) => sum + width, offset);
  const start = out.skip(stride * count);
  const bytes = out.written;
  const view = new DataView(bytes.buffer, start, stride * count);
  for (const [bit, { valid }] of optional.entries()) {
    for (let i = 0; i < count; i += 1) {
      const at = start + i * stride + (bit >>> 3);
      if (valid?.[i] !== 0) bytes[at] = (bytes[at] as number) | (1 << (bit & 7));
    }
  }
  for (const [index, column] of columns.entries()) {
    const width = widths[index] as number;
    writeField(view, column, width, offset, stride, count);
    offset += width;
  }
}

/** Bytes of a field in a row. */
export function rowWidth(type: Column['field']['type'], length: number, texts: number): number {
  if (type === 'fixed') return length;
  if (type === 'string') return widthFor(Math.max(0, texts - 1));
  return TYPES[type].bytes;
}

function writeField(
  view: DataView,
  { field, values, texts, valid }: Column,
  width: number,
  offset: number,
  stride: number,
  count: number,
): void {
  const put = putterFor(field.type, width, view, texts);
  for (let i = 0; i < count; i += 1) {
    if (valid?.[i] !== 0) put(offset + i * stride, values[i] as number & bigint);
  }
}

type Put = (at: number, value: number & bigint) => void;

function putterFor(type: string, width: number, view: DataView, texts: readonly string[] | null): Put {
  switch (type) {
    case 'f32':
      return (at, value) => view.setFloat32(at, value, true);
    case 'f64':
      return (at, value) => view.setFloat64(at, value, true);
    case 'i64':
    case 'u64':
      return (at, value) => view.setBigInt64(at, value, true);
    case 'time':
      return (at, value) => {
        view.setUint32(at, value, true);
        view.setInt32(at + 4, Math.floor(value / 2 ** 32), true);
      };
    case 'fixed':
      return (at, value) => {
        const target = new Uint8Array(view.buffer, view.byteOffset + at, width).fill(FILLER);
        target.set(textBytes(texts?.[value] ?? ''));
      };
  }
  if (width === 1) return (at, value) => view.setUint8(at, value);
  if (width === 2) return (at, value) => view.setUint16(at, value, true);
  return (at, value) => view.setUint32(at, value, true);
}
