import { BadItem, type ByteReader, END, type End, type Source } from './source';

const NEWLINE = 10;
const RETURN = 13;
const READ_BYTES = 65_536;

/**
 * The lines of a text in UTF-8, without their endings (`\n` or `\r\n`); a last line needs none. A byte order mark is
 * left out, and what is no UTF-8 reads as U+FFFD.
 *
 *     buffer:  |  read already  | a line\n | another\n | the begin of… |  room to read  |
 *                               ^ start                               ^ end
 *
 * What is read into memory is never more than one line of `maxLineBytes` and one piece of 64 KB; a longer line is
 * passed over, and is a BadItem when its end is met. Throws for a text in UTF-16.
 */
export class LineSource implements Source<string> {
  /** Number of the line that `next` answered last, from 1. */
  line = 0;
  /** How that line ended: a newline, CRLF, or nothing at the end of the text. */
  ending: '\n' | '\r\n' | '' = '';
  #buffer: Buffer;
  #start = 0;
  #end = 0;
  /** Up to here the buffer has no newline. */
  #searched = 0;
  /** Bytes of a line too long that were passed over already. */
  #passedOver = 0;
  #atEnd = false;

  constructor(
    readonly reader: ByteReader,
    readonly maxLineBytes: number,
  ) {
    this.#buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  }

  get bytes(): number {
    return this.reader.bytes;
  }

  next(): string | End | Promise<string | End> {
    return this.#take() ?? this.#readOn();
  }

  async close(): Promise<void> {
    this.#atEnd = true;
    this.#start = this.#end = this.#searched = this.#passedOver = 0;
    await this.reader.close();
  }

  /** The next line that is in the buffer as a whole. */
  #take(): string | undefined {
    const at = this.#end > this.#searched ? this.#buffer.indexOf(NEWLINE, this.#searched) : -1;
    if (at < 0 || at >= this.#end) {
      this.#searched = this.#end;
      return undefined;
    }
    return this.#cut(at, at + 1);
  }

  async #readOn(): Promise<string | End> {
    while (!this.#atEnd) {
      this.#makeRoom();
      const read = await this.reader.read(this.#buffer, this.#end);
      if (this.#atEnd) break; // closed meanwhile
      if (read === 0) this.#atEnd = true;
      else if (this.reader.bytes === read) this.#refuseUtf16();
      this.#end += read;
      const line = this.#take();
      if (line !== undefined) return line;
    }
    if (this.#start === this.#end && this.#passedOver === 0) return END;
    // A text of nothing but a byte order mark has no line.
    return this.#cut(this.#end, this.#end) || END;
  }

  /** The bytes up to `to` as a line; the next one begins at `next`. */
  #cut(to: number, next: number): string {
    const from = this.#start;
    const length = this.#passedOver + to - from;
    this.#start = this.#searched = next;
    this.#passedOver = 0;
    this.line += 1;
    const returned = next > to && to > from && this.#buffer[to - 1] === RETURN;
    this.ending = returned ? '\r\n' : next > to ? '\n' : '';
    if (length > this.maxLineBytes + (returned ? 1 : 0)) {
      throw new BadItem(this.line, `is ${length} bytes long, expected at most ${this.maxLineBytes}`);
    }
    const text = this.#buffer.toString('utf8', from, returned ? to - 1 : to);
    return this.line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  /** Room for one more piece behind what is not used yet. */
  #makeRoom(): void {
    const unused = this.#end - this.#start;
    // One byte more than the longest line: its `\r`.
    if (unused > this.maxLineBytes + 1) {
      this.#passedOver += unused;
      this.#start = this.#end = 0;
    } else if (this.#passedOver > 0) {
      this.#passedOver += unused;
      this.#start = this.#end = 0;
    } else if (unused + READ_BYTES > this.#buffer.length) {
      // Doubled, so that a long line is copied a few times only.
      const larger = Buffer.allocUnsafeSlow(
        Math.min(this.#buffer.length * 2, this.maxLineBytes + 2 * READ_BYTES),
      );
      this.#buffer.copy(larger, 0, this.#start, this.#end);
      this.#buffer = larger;
      this.#start = 0;
      this.#end = unused;
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#start = 0;
      this.#end = unused;
    }
    this.#searched = this.#end;
  }

  #refuseUtf16(): void {
    const first = this.#buffer.readUInt8(0) * 256 + (this.#buffer[1] ?? 0);
    if (first === 0xfffe || first === 0xfeff) throw new Error('text: is in UTF-16, expected UTF-8');
  }
}
