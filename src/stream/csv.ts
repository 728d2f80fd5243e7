import { parse } from 'csv-parse/sync';
import { csvProblem, leavesQuoteOpen, numberOrText } from './csv-record';
import type { LineSource } from './lines';
import { BadItem, END, type End, type Source } from './source';

export interface CsvOptions {
  /** One character. */
  delimiter: string;
  /** The first line has the names of the columns: items are objects. Otherwise they are arrays. */
  header: boolean;
  /** Fields that are written as numbers become numbers. */
  numbers: boolean;
}

type Field = string | number;
export type CsvItem = Record<string, Field> | Field[];

interface Line {
  text: string;
  ending: string;
  number: number;
}

/** The parser is quick with many records and slow with one: so much text is handed to it at once. */
const PARSE_AT_ONCE = 16_384;

/**
 * The records of a CSV file (RFC 4180, with any delimiter), parsed by csv-parse. Quoted fields may hold newlines;
 * empty lines are passed over. A record with a wrong quote, or another number of fields than the first, is a BadItem
 * with the number of its first line, and reading goes on with the next line: a quote that is never closed costs
 * one line, not the rest of the file. A header that cannot be read is the end.
 */
export class CsvSource implements Source<CsvItem> {
  #names: string[] | null = null;
  #width: number | null = null;
  /** Parsed and not asked for yet. */
  #ready: (CsvItem | BadItem)[] = [];
  #next = 0;
  /** Lines to be read again, the next one last. */
  readonly #again: (Line | BadItem)[] = [];

  constructor(
    readonly lines: LineSource,
    readonly options: CsvOptions,
  ) {}

  get bytes(): number {
    return this.lines.bytes;
  }

  next(): CsvItem | End | Promise<CsvItem | End> {
    return this.#next < this.#ready.length ? this.#handOut() : this.#readOn();
  }

  close(): Promise<void> {
    this.#ready = [];
    this.#again.length = 0;
    return this.lines.close();
  }

  #handOut(): CsvItem {
    const item = this.#ready[this.#next] as CsvItem | BadItem;
    this.#next += 1;
    if (item instanceof BadItem) throw item;
    return item;
  }

  async #readOn(): Promise<CsvItem | End> {
    this.#ready = [];
    this.#next = 0;
    for (;;) {
      const { records, problem, atEnd } = await this.#gather();
      this.#parse(records, problem);
      if (this.#ready.length > 0) return this.#handOut();
      if (atEnd && this.#again.length === 0) return END;
    }
  }

  /** Records up to a size, to the first that cannot be one, or to the end. */
  async #gather(): Promise<{ records: Line[][]; problem: BadItem | null; atEnd: boolean }> {
    const records: Line[][] = [];
    for (let size = 0; size < PARSE_AT_ONCE; ) {
      const record = await this.#readRecord();
      if (record === null) return { records, problem: null, atEnd: true };
      if (record instanceof BadItem) return { records, problem: record, atEnd: false };
      records.push(record);
      for (const line of record) size += line.text.length;
    }
    return { records, problem: null, atEnd: false };
  }

  /** The lines of one record; null at the end. */
  async #readRecord(): Promise<Line[] | BadItem | null> {
    const { delimiter } = this.options;
    const first = await this.#readLine();
    if (first === null || first instanceof BadItem) return first;
    const record = [first];
    let size = first.text.length;
    let open = leavesQuoteOpen(first.text, delimiter, false);
    while (open) {
      const line = await this.#readLine(true);
      const length = line instanceof BadItem ? 0 : (line?.text.length ?? 0);
      if (line === null || line instanceof BadItem || size + length > this.lines.maxLineBytes) {
        if (line) this.#again.push(line);
        this.#readAgain(record.slice(1));
        return new BadItem(first.number, csvProblem({ code: 'CSV_QUOTE_NOT_CLOSED' }));
      }
      record.push(line);
      size += length;
      open = leavesQuoteOpen(line.text, delimiter, true);
    }
    return record;
  }

  async #readLine(quoted = false): Promise<Line | BadItem | null> {
    for (;;) {
      const line = this.#again.pop() ?? (await this.#freshLine());
      if (quoted || line === null || line instanceof BadItem || line.text !== '') return line;
    }
  }

  async #freshLine(): Promise<Line | BadItem | null> {
    try {
      const answer = this.lines.next();
      const text = typeof answer === 'string' ? answer : await answer;
      return text === END ? null : { text, ending: this.lines.ending, number: this.lines.line };
    } catch (error) {
      if (error instanceof BadItem) return error;
      throw error;
    }
  }

  #readAgain(lines: readonly Line[]): void {
    for (let at = lines.length - 1; at >= 0; at -= 1) this.#again.push(lines[at] as Line);
  }

  #parse(records: Line[][], problem: BadItem | null): void {
    const rows = parseAll(records, this.options.delimiter);
    for (const [at, record] of records.entries()) {
      const number = record[0]?.number ?? 0;
      const row = rows ? rows[at] : parseOne(record, this.options.delimiter);
      if (Array.isArray(row)) {
        this.#take(row, number);
        continue;
      }
      this.#take(new BadItem(number, csvProblem(row)), number);
      // What was taken for the rest of this record may be records of their own.
      if (record.length === 1) continue;
      if (problem) this.#again.push(problem);
      for (let later = records.length - 1; later > at; later -= 1) this.#readAgain(records[later] as Line[]);
      this.#readAgain(record.slice(1));
      return;
    }
    if (problem) this.#take(problem, problem.line);
  }

  #take(row: string[] | BadItem, line: number): void {
    if (this.options.header && this.#names === null) {
      if (row instanceof BadItem) throw new Error(`header: ${row.message}`);
      this.#names = row;
      this.#width = row.length;
      return;
    }
    this.#ready.push(row instanceof BadItem ? row : this.#item(row, line));
  }

  #item(row: string[], line: number): CsvItem | BadItem {
    this.#width ??= row.length;
    if (row.length !== this.#width) {
      return new BadItem(line, `has ${row.length} fields, expected ${this.#width}`);
    }
    const fields: Field[] = this.options.numbers ? row.map(numberOrText) : row;
    // By entries: a column called __proto__ is a column like any other.
    return this.#names ? Object.fromEntries(fields.map((field, at) => [this.#names?.[at], field])) : fields;
  }
}

function textOf(record: readonly Line[]): string {
  return record.map(({ text, ending }, at) => (at < record.length - 1 ? text + ending : text)).join('');
}

function settings(delimiter: string): object {
  return { delimiter, record_delimiter: '\n', relax_column_count: true };
}

/** All records at once; null when the parser does not see them as they were cut, and each has to be looked at. */
function parseAll(records: Line[][], delimiter: string): string[][] | null {
  try {
    const rows: string[][] = parse(records.map(textOf).join('\n'), settings(delimiter));
    return rows.length === records.length ? rows : null;
  } catch {
    return null;
  }
}

/** The fields of one record, or what the parser has against it. */
function parseOne(record: Line[], delimiter: string): string[] | unknown {
  try {
    const rows: string[][] = parse(textOf(record), settings(delimiter));
    return rows.length === 1 ? rows[0] : null;
  } catch (error) {
    return error;
  }
}
