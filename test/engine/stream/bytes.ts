import { type ByteReader, END, type Source } from '../../../src';

/** A text or bytes, read in pieces of the given sizes; when these are used up, in one piece. */
export function bytesOf(
  content: string | Buffer,
  sizes: readonly number[] = [],
): ByteReader & { closed: number } {
  const all = Buffer.from(content);
  const pieces = [...sizes];
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    closed: 0,
    async read(into, at) {
      if (this.closed > 0) return 0;
      const wanted = Math.max(1, pieces.shift() ?? all.length);
      const read = all.copy(into, at, bytes, Math.min(all.length, bytes + wanted));
      bytes += read;
      return read;
    },
    async close() {
      this.closed += 1;
    },
  };
}

/** All that a source yields; what it throws stands in its place, and the last such is the end if it is no BadItem. */
export async function drain(source: Source, most = 100_000): Promise<unknown[]> {
  const items: unknown[] = [];
  while (items.length < most) {
    try {
      const item = await source.next();
      if (item === END) return items;
      items.push(item);
    } catch (error) {
      items.push(String(error));
      if ((error as Error).name !== 'BadItem') return items;
    }
  }
  return items;
}
