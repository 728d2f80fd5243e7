export const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

type Words = Exclude<NodeJS.TypedArray, Uint8ClampedArray>;

/** The bytes of a typed array as packets hold them: a view, or on the few big-endian machines a swapped copy. */
export function littleEndian(words: Words): Uint8Array {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : swapped(bytes, words.BYTES_PER_ELEMENT);
}

/** Fills a typed array with bytes of a packet, as many as it has. */
export function fillFrom(bytes: Uint8Array, words: Words): void {
  const target = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  target.set(IS_LITTLE_ENDIAN ? bytes : swapped(bytes, words.BYTES_PER_ELEMENT));
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Buffer.from(bytes);
  if (width === 2) copy.swap16();
  else if (width === 4) copy.swap32();
  else if (width === 8) copy.swap64();
  return copy;
}
