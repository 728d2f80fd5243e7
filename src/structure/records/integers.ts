import { BitReader, BitWriter } from './bit-stream';
import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';

/**
 * Whole numbers in few bytes, as offsets from the least of them.
 *
 * `fit`: every offset in 1, 2, 4 or 8 bytes, quick to read at any place.
 * `packed`: offsets, their differences, or the differences of these, whichever are smallest, in blocks of 32 that
 * are each as many bits wide as their widest. A regular clock takes a byte for 32 values. After Gorilla's
 * delta-of-delta (Pelkonen et al., VLDB 2015) with the blocks of Lemire and Boytsov (2015) instead of a code per
 * value: as small on regular series, smaller on noise, and quicker.
 */
const FIT = 1;
const PACKED = 2;

/** Differences of differences must stay exact in a double. */
export const WIDEST_RANGE = 2 ** 50;

const BLOCK = 32;
const WIDEST = 53;
const TWO_32 = 2 ** 32;

/** Offsets from `base`, all from 0 to WIDEST_RANGE. */
export interface Offsets {
  base: number | bigint;
  offsets: ArrayLike<number>;
}

/** Writes `count` offsets: quick to read, or as small as they get. */
export function writeIntegers(
  out: ByteWriter,
  { base, offsets }: Offsets,
  count: number,
  small: boolean,
): void {
  const before = out.length;
  if (small) {
    writePacked(out, base, offsets, count);
    const width = fitWidth(offsets, count);
    if (out.length - before <= 10 + count * width) return;
    out.cutTo(before);
  }
  out.u8(FIT);
  writeBase(out, base);
  const width = fitWidth(offsets, count);
  out.u8(width);
  writeWords(out, offsets, count, width);
}

/** Bytes that hold the largest offset: 1, 2, 4 or 8. */
export function fitWidth(offsets: ArrayLike<number>, count: number): number {
  let most = 0;
  for (let i = 0; i < count; i += 1) {
    const offset = offsets[i] as number;
    if (offset > most) most = offset;
  }
  return widthFor(most);
}

export function widthFor(most: number): number {
  if (most < 2 ** 8) return 1;
  if (most < 2 ** 16) return 2;
  return most < TWO_32 ? 4 : 8;
}

/** Reads `count` whole numbers into `target`, as offsets; returns their base. */
export function readIntegers(from: ByteReader, count: number, target: number[] | Float64Array): bigint {
  const encoding = from.u8();
  if (encoding === FIT) return readFit(from, count, target);
  if (encoding === PACKED) return readPacked(from, count, target);
  throw from.wrong(`encoding ${encoding} of whole numbers is not known`);
}

function writeBase(out: ByteWriter, base: number | bigint): void {
  if (typeof base === 'bigint') out.big64(base);
  else out.i64(base);
}

function writeWords(out: ByteWriter, offsets: ArrayLike<number>, count: number, width: number): void {
  const at = out.skip(count * width);
  const bytes = out.written;
  const view = new DataView(bytes.buffer, at);
  for (let i = 0; i < count; i += 1) {
    const offset = offsets[i] as number;
    if (width === 1) bytes[at + i] = offset;
    else if (width === 2) view.setUint16(2 * i, offset, true);
    else if (width === 4) view.setUint32(4 * i, offset, true);
    else {
      view.setUint32(8 * i, offset, true);
      view.setUint32(8 * i + 4, Math.floor(offset / TWO_32), true);
    }
  }
}

function readFit(from: ByteReader, count: number, target: number[] | Float64Array): bigint {
  const base = from.big64();
  const width = from.u8();
  if (width !== 1 && width !== 2 && width !== 4 && width !== 8) {
    throw from.wrong(`a width of ${width} bytes is not known`);
  }
  const bytes = from.take(count * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i += 1) {
    if (width === 1) target[i] = bytes[i] as number;
    else if (width === 2) target[i] = view.getUint16(2 * i, true);
    else if (width === 4) target[i] = view.getUint32(4 * i, true);
    else {
      target[i] = inRange(from, view.getUint32(8 * i + 4, true) * TWO_32 + view.getUint32(8 * i, true));
    }
  }
  return base;
}

/** The n-th differences of offsets before `at`, made non-negative: 0, −1, 1, −2, … → 0, 1, 2, 3, … */
function residual(offsets: ArrayLike<number>, at: number, order: number): number {
  const value = offsets[at] as number;
  if (order === 0) return value;
  const before = offsets[at - 1] as number;
  const step = order === 1 ? value - before : value - 2 * before + (offsets[at - 2] as number);
  return step < 0 ? -2 * step - 1 : 2 * step;
}

function bitsOf(value: number): number {
  return value < TWO_32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / TWO_32));
}

/** The order of differences that takes the fewest bits. */
function bestOrder(offsets: ArrayLike<number>, count: number): number {
  let best = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (let order = 0; order <= Math.min(2, count - 1); order += 1) {
    let bits = order * 64;
    for (let start = order; start < count; start += BLOCK) {
      const end = Math.min(start + BLOCK, count);
      bits += 8 + (end - start) * widestIn(offsets, start, end, order);
    }
    if (bits < fewest) {
      fewest = bits;
      best = order;
    }
  }
  return best;
}

function widestIn(offsets: ArrayLike<number>, start: number, end: number, order: number): number {
  let most = 0;
  for (let at = start; at < end; at += 1) {
    const value = residual(offsets, at, order);
    if (value > most) most = value;
  }
  return bitsOf(most);
}

function writePacked(
  out: ByteWriter,
  base: number | bigint,
  offsets: ArrayLike<number>,
  count: number,
): void {
  const order = bestOrder(offsets, count);
  out.u8(PACKED);
  writeBase(out, base);
  out.u8(order);
  if (order > 0) out.i64(offsets[0] as number);
  if (order > 1) out.i64((offsets[1] as number) - (offsets[0] as number));
  const bits = new BitWriter(out);
  for (let start = order; start < count; start += BLOCK) {
    const end = Math.min(start + BLOCK, count);
    const width = widestIn(offsets, start, end, order);
    out.u8(width);
    for (let at = start; at < end; at += 1) {
      const value = residual(offsets, at, order);
      if (width <= 32) bits.put(value, width);
      else {
        bits.put(value >>> 0, 32);
        bits.put(Math.floor(value / TWO_32), width - 32);
      }
    }
    bits.end();
  }
}

/** Where differences stand: the last offset, and its difference from the one before. */
interface Running {
  value: number;
  step: number;
}

function readPacked(from: ByteReader, count: number, target: number[] | Float64Array): bigint {
  const base = from.big64();
  const order = from.u8();
  if (order > 2 || (order > 0 && order >= count)) throw from.wrong(`differences of order ${order}`);
  const now: Running = { value: order > 0 ? from.i64() : 0, step: order > 1 ? from.i64() : 0 };
  if (order > 0) target[0] = inRange(from, now.value);
  if (order > 1) {
    now.value += now.step;
    target[1] = inRange(from, now.value);
  }
  for (let start = order; start < count; start += BLOCK) {
    readBlock(from, order, now, start, Math.min(start + BLOCK, count), target);
  }
  return base;
}

function readBlock(
  from: ByteReader,
  order: number,
  now: Running,
  start: number,
  end: number,
  target: number[] | Float64Array,
): void {
  const width = from.u8();
  if (width > WIDEST) throw from.wrong(`${width} bits for a number`);
  const bits = new BitReader(from, Math.ceil(((end - start) * width) / 8));
  for (let at = start; at < end; at += 1) {
    const low = bits.get(Math.min(width, 32));
    const raw = width <= 32 ? low : bits.get(width - 32) * TWO_32 + low;
    if (order === 0) now.value = raw;
    else {
      const change = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
      now.step = order === 1 ? change : now.step + change;
      now.value += now.step;
    }
    target[at] = inRange(from, now.value);
  }
}

function inRange(from: ByteReader, offset: number): number {
  if (offset >= 0 && offset <= WIDEST_RANGE) return offset;
  throw from.wrong('a number is out of range');
}
