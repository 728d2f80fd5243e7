import type { LeaseConfig } from './config';

/** Bytes to be put into a leased buffer. */
export interface Content {
  bytes: number;
  writeTo(buffer: Buffer): void;
}

/**
 * What a message property holds, as bytes: `copy` takes Buffers, typed arrays and ArrayBuffers, `encode` text, and
 * anything else as JSON, in UTF-8. Throws a TypeError that names the property for what it cannot take.
 */
export function contentOf(
  mode: Exclude<LeaseConfig['mode'], 'empty'>,
  property: string,
  value: unknown,
): Content {
  if (mode === 'copy') {
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : value instanceof ArrayBuffer
        ? new Uint8Array(value)
        : null;
    if (!bytes) throw refusal(property, value, 'a Buffer, typed array or ArrayBuffer to copy');
    return { bytes: bytes.length, writeTo: (buffer) => buffer.set(bytes) };
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text === undefined) throw refusal(property, value, 'a text or a value that JSON can say');
  return { bytes: Buffer.byteLength(text), writeTo: (buffer) => void buffer.write(text, 'utf8') };
}

function refusal(property: string, value: unknown, expected: string): TypeError {
  const given = value === null ? 'null' : typeof value === 'object' ? 'an object' : typeof value;
  return new TypeError(`property: msg.${property} is ${given}, expected ${expected}`);
}
