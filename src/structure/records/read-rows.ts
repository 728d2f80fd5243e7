import type { RecordSchema } from '../../config';
import { ByteReader } from './byte-reader';
import { type Column, TYPES, type Values } from './column';
import { inRange, placeIn, readDictionary, readFixed } from './read-column';
import { rowWidth } from './write-rows';

/** Reads rows into columns. Throws a PacketError for bytes that are no such rows. */
export function readRows(from: ByteReader, schema: RecordSchema, count: number): Column[] {
  const dictionaries = schema.map((field) => {
    if (field.type !== 'string') return null;
    const part = new ByteReader(from.take(from.u32()), `the texts of "${field.name}"`);
    const texts = readDictionary(part, field, count);
    part.end();
    return texts;
  });
  const optional = schema.filter(({ optional }) => optional);
  const widths = schema.map(({ type, length }, index) =>
    rowWidth(type, length, dictionaries[index]?.length ?? 0),
  );
  const bits = Math.ceil(optional.length / 8);
  const stride = widths.reduce((sum, width) => sum + width, bits);
  const rows = from.take(stride * count);
  from.end();
  let offset = bits;
  return schema.map((field, index) => {
    const width = widths[index] as number;
    const bit = field.optional ? optional.indexOf(field) : -1;
    const reader = new ByteReader(rows, `field "${field.name}"`);
    const texts = dictionaries[index] ?? null;
    const valid = bit < 0 ? null : validOf(rows, bit, stride, count);
    const column = readField(reader, { field, texts, valid }, width, offset, stride, count);
    offset += width;
    return column;
  });
}

/** Null where all records have a value. */
function validOf(rows: Uint8Array, bit: number, stride: number, count: number): Uint8Array | null {
  const valid = new Uint8Array(count);
  for (let i = 0; i < count; i += 1)
    valid[i] = ((rows[i * stride + (bit >>> 3)] as number) >>> (bit & 7)) & 1;
  return valid.includes(0) ? valid : null;
}

function readField(
  from: ByteReader,
  { field, texts, valid }: Omit<Column, 'values'>,
  width: number,
  offset: number,
  stride: number,
  count: number,
): Column {
  const { type } = field;
  const values: Values = new TYPES[type].array(count);
  const inOrder: string[] | null = type === 'fixed' ? [] : null;
  const { bytes } = from;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i += 1) {
    if (valid?.[i] === 0) continue;
    const at = offset + i * stride;
    if (inOrder) {
      from.at = at;
      values[i] = inOrder.push(readFixed(from, width)) - 1;
    } else if (texts) {
      values[i] = placeIn(from, texts, readWord(view, at, width));
    } else if (type === 'time') {
      values[i] = inRange(from, type, view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true));
    } else if (type === 'bool') {
      values[i] = view.getUint8(at) & 1;
    } else {
      values[i] = readNumber(view, at, type) as number & bigint;
    }
  }
  return { field, values, texts: inOrder ?? texts, valid };
}

function readWord(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  return width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
}

function readNumber(view: DataView, at: number, type: string): number | bigint {
  switch (type) {
    case 'i8':
      return view.getInt8(at);
    case 'i16':
      return view.getInt16(at, true);
    case 'i32':
      return view.getInt32(at, true);
    case 'i64':
      return view.getBigInt64(at, true);
    case 'u8':
      return view.getUint8(at);
    case 'u16':
      return view.getUint16(at, true);
    case 'u32':
      return view.getUint32(at, true);
    case 'u64':
      return view.getBigUint64(at, true);
    case 'f32':
      return view.getFloat32(at, true);
    default:
      return view.getFloat64(at, true);
  }
}
