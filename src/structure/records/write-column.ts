import type { ByteWriter } from './byte-writer';
import { type Column, TYPES, type Values } from './column';
import { asDecimals, writeDecimals } from './decimals';
import { fitWidth, type Offsets, WIDEST_RANGE, writeIntegers } from './integers';
import { littleEndian } from './little-endian';
import { textBytes, writeTexts } from './text';
import { writeXor } from './xor';

/** How the values of a column are written; the codes are those of `docs/pack-format.md`. */
export const ENCODING = { plain: 0, integers: 1, xor: 2, decimals: 3, dictionary: 4 } as const;

/** Stands behind the text of a `fixed` field: no byte of UTF-8. */
export const FILLER = 0xff;

/** Writes the first `count` values of a column, those that are there; returns the encoding it chose. */
export function writeColumn(out: ByteWriter, column: Column, count: number, small: boolean): number {
  const { field } = column;
  if (field.optional) writeBits(out, column.valid, count, 1);
  const values = present(column, count);
  switch (TYPES[field.type].kind) {
    case 'bool':
      writeBits(out, values as Uint8Array, values.length, 0);
      return ENCODING.plain;
    case 'integer':
      return writeWhole(out, column, values, offsetsOf(values as Float64Array), small);
    case 'wide':
      return writeWhole(out, column, values, wideOffsetsOf(values as BigInt64Array), small);
    case 'float':
      return writeFloats(out, values as Float64Array | Float32Array, small);
    case 'text':
      return writeTextColumn(out, column, values as Uint32Array, small);
  }
}

/** A bit for each value, the first in the lowest bit of the first byte; `missing` where there are no values. */
export function writeBits(out: ByteWriter, values: Uint8Array | null, count: number, missing: 0 | 1): void {
  const at = out.skip(Math.ceil(count / 8));
  const bytes = out.written;
  for (let i = 0; i < count; i += 1) {
    if (values ? values[i] === 1 : missing)
      bytes[at + (i >>> 3)] = (bytes[at + (i >>> 3)] as number) | (1 << (i & 7));
  }
}

/** The values of those records that have one. */
function present({ values, valid }: Column, count: number): Values {
  if (!valid) return values.subarray(0, count);
  const kept = values.slice(0, count);
  let length = 0;
  for (let i = 0; i < count; i += 1) {
    if (valid[i] !== 1) continue;
    kept[length] = values[i] as number & bigint;
    length += 1;
  }
  return kept.subarray(0, length);
}

/** Null where the range is too wide for offsets. */
function offsetsOf(values: Exclude<Values, BigInt64Array | BigUint64Array>): Offsets | null {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  if (values.length === 0) return { base: 0, offsets: values };
  if (largest - least > WIDEST_RANGE) return null;
  const offsets = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) offsets[i] = (values[i] as number) - least;
  return { base: least, offsets };
}

function wideOffsetsOf(values: BigInt64Array | BigUint64Array): Offsets | null {
  if (values.length === 0) return { base: 0, offsets: [] };
  let least = values[0] as bigint;
  let largest = least;
  for (const value of values) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  if (largest - least > BigInt(WIDEST_RANGE)) return null;
  const offsets = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) offsets[i] = Number((values[i] as bigint) - least);
  return { base: least, offsets };
}

function writeWhole(
  out: ByteWriter,
  { field }: Column,
  values: Values,
  offsets: Offsets | null,
  small: boolean,
): number {
  const { bytes } = TYPES[field.type];
  const before = out.length;
  if (
    offsets &&
    (small || 10 + values.length * fitWidth(offsets.offsets, values.length) < values.length * bytes)
  ) {
    writeIntegers(out, offsets, values.length, small);
    if (out.length - before < values.length * bytes) return ENCODING.integers;
    out.cutTo(before);
  }
  if (field.type === 'time') out.raw(littleEndian(BigInt64Array.from(values as Float64Array, BigInt)));
  else out.raw(littleEndian(values));
  return ENCODING.plain;
}

function writeFloats(out: ByteWriter, values: Float64Array | Float32Array, small: boolean): number {
  const before = out.length;
  if (small && values.length > 0) {
    const decimals = asDecimals(values, values instanceof Float32Array);
    if (decimals) writeDecimals(out, decimals);
    else writeXor(out, values instanceof Float64Array ? values : Float64Array.from(values));
    if (out.length - before < values.byteLength) return decimals ? ENCODING.decimals : ENCODING.xor;
    out.cutTo(before);
  }
  out.raw(littleEndian(values));
  return ENCODING.plain;
}

function writeTextColumn(out: ByteWriter, column: Column, places: Uint32Array, small: boolean): number {
  const texts = column.texts ?? [];
  if (2 * texts.length <= places.length) {
    writeDictionary(out, texts, small);
    writeIntegers(out, { base: 0, offsets: places }, places.length, small);
    return ENCODING.dictionary;
  }
  const inOrder = Array.from(places, (place) => texts[place] as string);
  if (column.field.type === 'fixed') {
    for (const text of inOrder) writeFixed(out, text, column.field.length);
  } else {
    writeTexts(out, inOrder, inOrder.length, small);
  }
  return ENCODING.plain;
}

export function writeDictionary(out: ByteWriter, texts: readonly string[], small: boolean): void {
  out.u32(texts.length);
  writeTexts(out, texts, texts.length, small);
}

function writeFixed(out: ByteWriter, text: string, length: number): void {
  const at = out.skip(length);
  const bytes = textBytes(text);
  out.written.set(bytes, at);
  out.written.fill(FILLER, at + bytes.length, at + length);
}
