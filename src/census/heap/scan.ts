import { type Input, SnapshotError } from './input';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const SPACE = 0x20;

/**
 * Reads an array of numbers as records of `width` numbers, from just behind its bracket to its end, or up to `most`
 * records. The record handed over is the same every time. Returns how many there were.
 */
export function scanRecords(
  input: Input,
  width: number,
  onRecord: (record: Float64Array, index: number) => void,
  most = Number.POSITIVE_INFINITY,
): number {
  const record = new Float64Array(width);
  for (let index = 0; index < most; index += 1) {
    for (let field = 0; field < width; field += 1) {
      const value = readNumber(input);
      if (value === END && field === 0) return index;
      if (value === END) throw new SnapshotError('a record is not whole', input.offset);
      record[field] = value;
    }
    onRecord(record, index);
  }
  return most;
}

const END = -1;

/** The next number of an array; `END` behind its bracket. Runs for every byte of hundreds of megabytes. */
function readNumber(input: Input): number {
  const first = firstOf(input);
  if (first === CLOSE) return END;
  let value = first - ZERO;
  const { bytes } = input;
  for (;;) {
    const { length } = input;
    let { at } = input;
    for (; at < length; at += 1) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    input.at = at;
    if (at < length || !input.refill()) return value;
  }
}

/** The first digit of the next number, or the bracket behind the last. */
function firstOf(input: Input): number {
  let byte = input.next();
  while (byte <= SPACE || byte === COMMA) {
    if (byte < 0) throw new SnapshotError('it ends too soon', input.offset);
    byte = input.next();
  }
  if (byte !== CLOSE && (byte < ZERO || byte > NINE)) {
    throw new SnapshotError('something else than numbers', input.offset);
  }
  return byte;
}

/**
 * Reads an array of strings from just behind its bracket, or up to `most` of them. `onString` gets the index, and a
 * function that gives the text: only texts that are asked for are made. Returns how many there were.
 */
export function scanStrings(
  input: Input,
  onString: (index: number, start: number) => boolean,
  onText: (text: string, index: number) => void,
  most = Number.POSITIVE_INFINITY,
): number {
  const collected: number[] = [];
  let index = 0;
  while (index < most) {
    const byte = input.next();
    if (byte === CLOSE) return index;
    if (byte < 0) throw new SnapshotError('it ends too soon', input.offset);
    if (byte !== QUOTE) {
      if (byte > SPACE && byte !== COMMA) throw new SnapshotError('something else than texts', input.offset);
      continue;
    }
    const wanted = onString(index, input.offset - 1);
    collected.length = 0;
    readText(input, wanted ? collected : null);
    if (wanted) onText(decode(collected, input), index);
    index += 1;
  }
  return index;
}

/** From behind a quote to the one that ends the text. */
function readText(input: Input, into: number[] | null): void {
  const { bytes } = input;
  let escaped = false;
  for (;;) {
    if (input.at >= input.length && !input.refill())
      throw new SnapshotError('it ends too soon', input.offset);
    const { length } = input;
    for (let { at } = input; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (!escaped && byte === QUOTE) {
        input.at = at + 1;
        return;
      }
      escaped = !escaped && byte === BACKSLASH;
      if (into && into.length < LONGEST_TEXT) into.push(byte);
    }
    input.at = length;
  }
}

/** V8 cuts texts at 1,024 characters, each at most six bytes when escaped. */
const LONGEST_TEXT = 8_192;

function decode(bytes: readonly number[], input: Input): string {
  try {
    return JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`);
  } catch {
    throw new SnapshotError('a text that is no JSON', input.offset);
  }
}

/** The name of the next section; its array's bracket is read too. Null at the end. */
export function nextSection(input: Input): string | null {
  const name: number[] = [];
  let inName = false;
  for (;;) {
    const byte = input.next();
    if (byte < 0) return null;
    if (inName) {
      if (byte === QUOTE) inName = false;
      else name.push(byte);
      if (name.length > 100) throw new SnapshotError('a section without a name', input.offset);
    } else if (byte === QUOTE) {
      inName = true;
    } else if (byte === OPEN) {
      return Buffer.from(name).toString('latin1');
    } else if (byte > SPACE && byte !== COMMA && byte !== 0x3a && byte !== 0x7d) {
      throw new SnapshotError('no section where one should be', input.offset);
    }
  }
}

/** Passes over the rest of an array of numbers, which may hold arrays itself. */
export function skipArray(input: Input): void {
  for (let depth = 1; depth > 0; ) {
    const byte = input.next();
    if (byte < 0) throw new SnapshotError('it ends too soon', input.offset);
    if (byte === OPEN) depth += 1;
    else if (byte === CLOSE) depth -= 1;
    else if (byte === QUOTE) readText(input, null);
  }
}
