/**
 * How many bytes V8 takes for each kind of value: heap differences over many copies, on Node.js 20, 22 and 24
 * (`test/memory/size-accuracy.test.ts` keeps the figures honest). Node.js builds V8 without pointer compression,
 * so a field is one machine word.
 */
const NARROW = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch);

export const WORD = NARROW ? 4 : 8;

/** Map, properties, elements. */
const OBJECT_HEAD = 3 * WORD;
/** V8 leaves room for four properties in an object that is born without any. */
const EMPTY_OBJECT = OBJECT_HEAD + 4 * WORD;
/** An object's head, and its length. */
const ARRAY_HEAD = OBJECT_HEAD + WORD;
/** Map and length of a list that V8 keeps beside an object. */
const LIST_HEAD = 2 * WORD;
/** A double that is a property of an object, or in an array of mixed values. */
export const BOXED_NUMBER = WORD + 8;
/** The pair of functions behind an accessor property. */
export const ACCESSOR = 3 * WORD;
export const DATE = 14 * WORD;
export const REGEXP = 7 * WORD;
/** Without the variables it closes over, which JavaScript cannot see. */
export const CLOSURE = 8 * WORD;
export const SYMBOL = 3 * WORD;
export const PROXY = 4 * WORD;
/** A typed array, Buffer or DataView without its ArrayBuffer. */
export const VIEW = 13 * WORD;
export const ARRAY_BUFFER = 12 * WORD;
/** What malloc and V8's bookkeeping take beside the bytes of each ArrayBuffer, outside the heap. */
export const BACKING_STORE = 136;
/** A Map or Set and the head of its table. */
const TABLE_HEAD = 9 * WORD;
/** From more properties than this on, V8 keeps an object as a hash table; objects built key by key turn sooner. */
const MOST_FAST_PROPERTIES = 128;

/** True for a number that lives inside the field that holds it; all others are boxed. */
export function isInline(value: number): boolean {
  const whole = value | 0;
  if (whole !== value || (whole === 0 && 1 / value < 0)) return false;
  return !NARROW || (whole << 1) >> 1 === whole;
}

/**
 * V8 keeps a text in one byte per character while all are Latin-1. A regular expression compiled for such a text
 * cannot match and answers at once, however long the text; a loop would read every character.
 */
const WIDE = /[^\0-\xff]/;

/**
 * Longer texts are not read but taken to be Latin-1. To look into a text that was joined of parts makes V8 write it
 * out first: up to a gigabyte, where the parts were a few kilobytes.
 */
export const LONGEST_READ = 16_777_216;

/** Bytes of a string; one of at most a single character is shared by all that use it. */
export function stringBytes(text: string): number {
  const { length } = text;
  if (length <= 1) return 0;
  const wide = length <= LONGEST_READ && WIDE.test(text);
  return alignToWord(WORD + 8 + (wide ? 2 * length : length));
}

/** Bytes of a BigInt: 64-bit digits behind a head. */
export function bigintBytes(value: bigint): number {
  return LIST_HEAD + 8 * Math.ceil(value.toString(16).length / 16);
}

/** Bytes of an object with that many properties of its own, without their values. */
export function objectBytes(properties: number): number {
  if (properties === 0) return EMPTY_OBJECT;
  if (properties <= MOST_FAST_PROPERTIES) return OBJECT_HEAD + properties * WORD;
  return EMPTY_OBJECT + 7 * WORD + nextPowerOfTwo(properties * 1.5) * 3 * WORD;
}

/** Bytes of an array with that many places, without their values. */
export function arrayBytes(length: number, bytesPerElement: number): number {
  return length === 0 ? ARRAY_HEAD : ARRAY_HEAD + LIST_HEAD + alignToWord(length * bytesPerElement);
}

export function mapBytes(size: number): number {
  return TABLE_HEAD + nextPowerOfTwo(size) * 3.5 * WORD;
}

export function setBytes(size: number): number {
  return TABLE_HEAD + nextPowerOfTwo(size) * 2.5 * WORD;
}

export function alignToWord(bytes: number): number {
  return Math.ceil(bytes / WORD) * WORD;
}

function nextPowerOfTwo(count: number): number {
  let power = 4;
  while (power < count) power *= 2;
  return power;
}
