import type { RecordField } from '../../config';
import type { ByteReader } from './byte-reader';
import { type Column, TYPES, type Values } from './column';
import { readDecimals } from './decimals';
import { readIntegers } from './integers';
import { fillFrom } from './little-endian';
import { readTexts, textOf } from './text';
import { ENCODING, FILLER } from './write-column';
import { readXor } from './xor';

/** Reads a column of `count` records. Throws a PacketError for bytes that are no such column. */
export function readColumn(from: ByteReader, field: RecordField, encoding: number, count: number): Column {
  const valid = field.optional ? readBits(from, count) : null;
  const present = valid ? valid.reduce((sum, bit) => sum + bit, 0) : count;
  const { values, texts } = readPresent(from, field, encoding, present);
  from.end();
  const full = present === count ? values : spread(values, valid as Uint8Array);
  return { field, values: full, texts, valid: present === count ? null : valid };
}

interface Present {
  values: Values;
  texts: readonly string[] | null;
}

function readPresent(from: ByteReader, field: RecordField, encoding: number, count: number): Present {
  const { array, kind } = TYPES[field.type];
  if (kind === 'text') return readTextColumn(from, field, encoding, count);
  if (kind === 'bool' && encoding === ENCODING.plain) return { values: readBits(from, count), texts: null };
  const values = new array(count);
  if (encoding === ENCODING.plain && kind !== 'bool') readPlain(from, field, values);
  else if (encoding === ENCODING.integers && kind === 'integer')
    readWhole(from, field, values as Float64Array);
  else if (encoding === ENCODING.integers && kind === 'wide') readWide(from, field, values as BigInt64Array);
  else if (encoding === ENCODING.decimals && kind === 'float') readDecimals(from, values as Float64Array);
  else if (encoding === ENCODING.xor && kind === 'float') readFloats(from, values as Float64Array);
  else throw unknown(from, field, encoding);
  return { values, texts: null };
}

function unknown(from: ByteReader, { type }: RecordField, encoding: number): Error {
  return from.wrong(`encoding ${encoding} is not known for ${type}`);
}

/** A bit for each value, as bytes of 0 or 1. */
function readBits(from: ByteReader, count: number): Uint8Array {
  const bytes = from.take(Math.ceil(count / 8));
  const bits = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) bits[i] = ((bytes[i >>> 3] as number) >>> (i & 7)) & 1;
  return bits;
}

function readPlain(from: ByteReader, { type }: RecordField, values: Values): void {
  const bytes = from.take(values.length * TYPES[type].bytes);
  if (type !== 'time') fillFrom(bytes, values);
  else {
    const whole = new BigInt64Array(values.length);
    fillFrom(bytes, whole);
    for (let i = 0; i < values.length; i += 1) values[i] = inRange(from, type, Number(whole[i]));
  }
}

function readWhole(
  from: ByteReader,
  { type }: RecordField,
  values: Exclude<Values, BigInt64Array | BigUint64Array>,
): void {
  const offsets = values instanceof Float64Array ? values : new Float64Array(values.length);
  const base = Number(readIntegers(from, values.length, offsets));
  for (let i = 0; i < values.length; i += 1) values[i] = inRange(from, type, base + (offsets[i] as number));
}

function readWide(from: ByteReader, { type }: RecordField, values: BigInt64Array | BigUint64Array): void {
  const offsets = new Float64Array(values.length);
  const signed = readIntegers(from, values.length, offsets);
  const base = type === 'u64' ? BigInt.asUintN(64, signed) : signed;
  for (let i = 0; i < values.length; i += 1) {
    values[i] = inRange(from, type, base + BigInt(offsets[i] as number));
  }
}

/** The value, or a PacketError where the type does not hold it: a typed array would take something else instead. */
export function inRange<T extends number | bigint>(from: ByteReader, type: RecordField['type'], value: T): T {
  const [min, max] = TYPES[type].range as readonly [T, T];
  if (value >= min && value <= max) return value;
  throw from.wrong(`a number is out of the range of ${type}`);
}

function readFloats(from: ByteReader, values: Float64Array | Float32Array): void {
  const doubles = values instanceof Float64Array ? values : new Float64Array(values.length);
  readXor(from, doubles);
  if (doubles !== values) values.set(doubles);
}

function readTextColumn(from: ByteReader, field: RecordField, encoding: number, count: number): Present {
  if (encoding === ENCODING.dictionary) {
    const texts = readDictionary(from, field, count);
    const values = new Uint32Array(count);
    const offsets = new Float64Array(count);
    const base = Number(readIntegers(from, count, offsets));
    for (let i = 0; i < count; i += 1) values[i] = placeIn(from, texts, base + (offsets[i] as number));
    return { values, texts };
  }
  if (encoding !== ENCODING.plain) throw unknown(from, field, encoding);
  const texts =
    field.type === 'fixed'
      ? Array.from({ length: count }, () => readFixed(from, field.length))
      : readTexts(from, count);
  return { values: Uint32Array.from(texts.keys()), texts };
}

export function readDictionary(from: ByteReader, { type, length }: RecordField, count: number): string[] {
  const entries = from.u32();
  if (entries > count) throw from.wrong(`${entries} texts for ${count} records`);
  const texts = readTexts(from, entries);
  if (type === 'fixed' && texts.some((text) => Buffer.byteLength(text) > length)) {
    throw from.wrong(`a text of more than ${length} bytes`);
  }
  return texts;
}

export function placeIn(from: ByteReader, texts: readonly string[], place: number): number {
  if (place >= 0 && place < texts.length) return place;
  throw from.wrong(`text ${place} of ${texts.length}`);
}

export function readFixed(from: ByteReader, length: number): string {
  const bytes = from.take(length);
  const end = bytes.indexOf(FILLER);
  const text = textOf(end < 0 ? bytes : bytes.subarray(0, end));
  if (text === null) throw from.wrong('a text is no UTF-8');
  return text;
}

/** Puts values into the places of those records that have one. */
function spread(values: Values, valid: Uint8Array): Values {
  const full = new (values.constructor as new (count: number) => Values)(valid.length);
  let next = 0;
  for (let i = 0; i < valid.length; i += 1) {
    if (valid[i] !== 1) continue;
    full[i] = values[next] as number & bigint;
    next += 1;
  }
  return full;
}
