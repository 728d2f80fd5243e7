/** Values looked at in one message; a coarse figure in bounded time is what a census needs. */
const MOST_VALUES = 1_000;

/** Approximate bytes of a message: object headers, strings and numbers, and each ArrayBuffer once. */
export function weigh(thing: object): number {
  const seen = new Set<unknown>([thing]);
  const open: object[] = [thing];
  let bytes = 0;
  let left = MOST_VALUES;
  const add = (value: unknown): void => {
    if (typeof value === 'string') bytes += 16 + value.length;
    else if (typeof value !== 'object' || value === null) bytes += 8;
    else if (!seen.has(value)) {
      seen.add(value);
      open.push(value);
    }
  };
  for (let value = open.pop(); value && left > 0; value = open.pop()) {
    left -= 1;
    if (ArrayBuffer.isView(value)) {
      bytes += 104;
      add(value.buffer);
    } else if (value instanceof ArrayBuffer) {
      bytes += 96 + value.byteLength;
    } else {
      bytes += 24;
      for (const key in value) {
        // A request and its response reach the whole HTTP server.
        if (key === 'req' || key === 'res') continue;
        bytes += 8;
        add(read(value, key));
      }
    }
  }
  return bytes;
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined; // a getter that throws weighs nothing
  }
}
