import { isUtf8 } from 'node:buffer';
import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { readIntegers, writeIntegers } from './integers';

/**
 * Texts as UTF-8. JavaScript's texts may hold halves of characters (lone surrogates), which UTF-8 has no bytes for:
 * these are written in three bytes each, as WTF-8 and Python's `surrogatepass` do, and come back as they were.
 */
const HALF_CHARACTER = /\p{Surrogate}/u;
const HALF_BYTES = 3;

export function textBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  if (HALF_CHARACTER.test(text)) writeHalves(text, bytes);
  return bytes;
}

/** Puts the halves of characters where Buffer wrote replacements, which take as many bytes. */
function writeHalves(text: string, bytes: Uint8Array): void {
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const half = code >= 0xd800 && code <= 0xdfff;
    if (half) bytes.set([0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)], at);
    at += half ? HALF_BYTES : Buffer.byteLength(character);
  }
}

/** The text of some bytes, or null where they are no text. */
export function textOf(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : textWithHalves(buffer);
}

function textWithHalves(bytes: Buffer): string | null {
  const parts: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    const [second = 0, third = 0] = [bytes[at + 1], bytes[at + 2]];
    if (second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue;
    const before = bytes.subarray(from, at);
    if (!isUtf8(before)) return null;
    parts.push(
      before.toString('utf8'),
      String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)),
    );
    from = at + HALF_BYTES;
  }
  const rest = bytes.subarray(from);
  if (from === 0 || !isUtf8(rest)) return null;
  parts.push(rest.toString('utf8'));
  return parts.join('');
}

/** Texts one after the other: the lengths of all in bytes, then the bytes of all. */
export function writeTexts(out: ByteWriter, texts: Iterable<string>, count: number, small: boolean): void {
  const lengths = new Float64Array(count);
  const all: Uint8Array[] = [];
  for (const text of texts) {
    const bytes = textBytes(text);
    lengths[all.length] = bytes.length;
    all.push(bytes);
  }
  writeIntegers(out, { base: 0, offsets: lengths }, count, small);
  for (const bytes of all) out.raw(bytes);
}

export function readTexts(from: ByteReader, count: number): string[] {
  const lengths = new Float64Array(count);
  const base = Number(readIntegers(from, count, lengths));
  const texts: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const length = base + (lengths[i] as number);
    if (!(length >= 0)) throw from.wrong('a text of negative length');
    const text = textOf(from.take(length));
    if (text === null) throw from.wrong('a text is no UTF-8');
    texts.push(text);
  }
  return texts;
}
