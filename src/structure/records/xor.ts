import { BitReader, BitWriter } from './bit-stream';
import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { IS_LITTLE_ENDIAN } from './little-endian';

/**
 * Gorilla's compression of doubles (Pelkonen et al., VLDB 2015): each value as what differs from the one before,
 * bit by bit. Exact for every value, NaN and −0 included.
 *
 *     0                              as before
 *     1 0 <bits>                     differs only within the window of bits of the last such value
 *     1 1 <5: leading zeros> <6: width − 1> <bits>     a window of its own
 *
 * The first value stands in front as it is.
 */
export function writeXor(out: ByteWriter, values: Float64Array): void {
  const words = wordsOf(values);
  const bits = new BitWriter(out);
  const window: Window = { leading: 32, width: 0 }; // none yet: nothing begins that late
  for (let i = 0; i < values.length; i += 1) {
    const low = words[2 * i + LOW] as number;
    const high = words[2 * i + HIGH] as number;
    if (i === 0) {
      bits.put(low, 32);
      bits.put(high, 32);
    } else {
      writeChange(
        bits,
        low ^ (words[2 * i - 2 + LOW] as number),
        high ^ (words[2 * i - 2 + HIGH] as number),
        window,
      );
    }
  }
  bits.end();
}

export function readXor(from: ByteReader, target: Float64Array): void {
  const words = wordsOf(target);
  const bits = new BitReader(from, from.left);
  const window: Window = { leading: 0, width: 0 };
  for (let i = 0; i < target.length; i += 1) {
    if (i === 0) {
      words[LOW] = bits.get(32);
      words[HIGH] = bits.get(32);
      continue;
    }
    words[2 * i + LOW] = words[2 * i - 2 + LOW] as number;
    words[2 * i + HIGH] = words[2 * i - 2 + HIGH] as number;
    if (bits.get(1) === 1) readChange(from, bits, words, 2 * i, window);
  }
  if (bits.untouched > 0) throw from.wrong(`${bits.untouched} bytes too many`);
}

/** The bits of a double in which it differs: `width` of them behind `leading` zeros. */
interface Window {
  leading: number;
  width: number;
}

function writeChange(bits: BitWriter, low: number, high: number, window: Window): void {
  if (low === 0 && high === 0) {
    bits.put(0, 1);
    return;
  }
  const leading = Math.min(31, high === 0 ? 32 + Math.clz32(low) : Math.clz32(high));
  const after = low === 0 ? 32 + trailingZeros(high) : trailingZeros(low);
  if (leading >= window.leading && after >= 64 - window.leading - window.width) {
    bits.put(0b01, 2);
  } else {
    window.leading = leading;
    window.width = 64 - leading - after;
    bits.put(0b11, 2);
    bits.put(window.leading, 5);
    bits.put(window.width - 1, 6);
  }
  putWindow(bits, low >>> 0, high >>> 0, 64 - window.leading - window.width, window.width);
}

function readChange(from: ByteReader, bits: BitReader, words: Uint32Array, at: number, window: Window): void {
  if (bits.get(1) === 1) {
    window.leading = bits.get(5);
    window.width = bits.get(6) + 1;
  }
  const { width } = window;
  const after = 64 - window.leading - width;
  if (width === 0 || after < 0) throw from.wrong('a window of bits is out of range');
  const low = bits.get(Math.min(width, 32));
  const high = width > 32 ? bits.get(width - 32) : 0;
  words[at + LOW] = (words[at + LOW] as number) ^ (after >= 32 ? 0 : low << after);
  words[at + HIGH] = (words[at + HIGH] as number) ^ shiftedHigh(low, high, after);
}

const LOW = IS_LITTLE_ENDIAN ? 0 : 1;
const HIGH = 1 - LOW;

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The bits of a double from `after` on, `width` of them. */
function putWindow(bits: BitWriter, low: number, high: number, after: number, width: number): void {
  const first =
    after >= 32 ? high >>> (after - 32) : after === 0 ? low : (low >>> after) | (high << (32 - after));
  if (width <= 32) {
    bits.put((width === 32 ? first : first & ((1 << width) - 1)) >>> 0, width);
  } else {
    bits.put(first >>> 0, 32);
    bits.put(high >>> after, width - 32);
  }
}

function shiftedHigh(low: number, high: number, after: number): number {
  if (after >= 32) return low << (after - 32);
  return after === 0 ? high : (high << after) | (low >>> (32 - after));
}
