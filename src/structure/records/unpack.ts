import type { RecordSchema } from '../../config';
import { type Column, type Columns, TYPES, type Values } from './column';
import { PacketError } from './packet-error';

export interface UnpackOptions {
  /** 64-bit integers as BigInt always (default), or only `needed`: as plain numbers where these are exact. */
  bigInts?: 'always' | 'needed';
}

/** So many objects as stay in the processor's cache between one column and the next. */
const AT_ONCE = 256;

export type RecordValue = boolean | number | bigint | string | null;
export type PlainRecord = Record<string, RecordValue>;
/** Optional columns with gaps are arrays that hold null there; texts and bools are arrays too. */
export type PlainColumns = Record<string, Values | RecordValue[]>;

/** The records from one place up to another as objects. Times are numbers of milliseconds. */
export function toObjects(
  { columns, count }: Columns,
  from = 0,
  to = count,
  { bigInts = 'always' }: UnpackOptions = {},
): PlainRecord[] {
  const readers = columns.map((column) => ({ name: column.field.name, read: readerOf(column, bigInts) }));
  // Copies of one object with all its keys, filled column by column: twice as quick as adding keys one by one.
  const empty: PlainRecord = Object.fromEntries(readers.map(({ name }) => [name, null]));
  const end = Math.min(to, count);
  const records: PlainRecord[] = [];
  for (let start = from; start < end; start += AT_ONCE) {
    const next = Math.min(start + AT_ONCE, end);
    for (let i = start; i < next; i += 1) records.push({ ...empty });
    for (const { name, read } of readers) {
      for (let i = start; i < next; i += 1) (records[i - from] as PlainRecord)[name] = read(i);
    }
  }
  return records;
}

/** The records from one place up to another as one array or typed array for each field. */
export function toColumns(
  { columns, count }: Columns,
  from = 0,
  to = count,
  { bigInts = 'always' }: UnpackOptions = {},
): PlainColumns {
  const end = Math.min(to, count);
  const plain: PlainColumns = {};
  for (const column of columns) {
    const { kind } = TYPES[column.field.type];
    const typed = kind === 'integer' || kind === 'float' || (kind === 'wide' && bigInts === 'always');
    const read = readerOf(column, bigInts);
    plain[column.field.name] =
      typed && !column.valid
        ? column.values.slice(from, end)
        : Array.from({ length: end - from }, (_each, i) => read(from + i));
  }
  return plain;
}

/** Throws a PacketError unless the packet has exactly these fields, in this order. */
export function expectSchema(schema: RecordSchema, expected: RecordSchema): void {
  const [found, wanted] = [describeSchema(schema), describeSchema(expected)];
  if (found !== wanted) throw new PacketError(`another schema: it holds ${found}, expected ${wanted}`);
}

/** `ts time, id string, value f32 optional, code fixed(4)` */
export function describeSchema(schema: RecordSchema): string {
  return schema
    .map(({ name, type, optional, length }) => {
      return `${name} ${type}${length > 0 ? `(${length})` : ''}${optional ? ' optional' : ''}`;
    })
    .join(', ');
}

function readerOf(
  { field, values, texts, valid }: Column,
  bigInts: 'always' | 'needed',
): (i: number) => RecordValue {
  const read = presentReader(TYPES[field.type].kind, values, texts ?? [], bigInts);
  return valid ? (i) => (valid[i] === 1 ? read(i) : null) : read;
}

function presentReader(
  kind: string,
  values: Values,
  texts: readonly string[],
  bigInts: 'always' | 'needed',
): (i: number) => RecordValue {
  if (kind === 'bool') return (i) => values[i] === 1;
  if (kind === 'text') return (i) => texts[values[i] as number] as string;
  if (kind !== 'wide' || bigInts === 'always') return (i) => values[i] as number | bigint;
  return (i) => {
    const value = Number(values[i]);
    return Number.isSafeInteger(value) ? value : (values[i] as bigint);
  };
}
