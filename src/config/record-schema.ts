import { type Field, Invalid } from './field';

/** What a field of a record can be. The order is that of the codes in `docs/pack-format.md`. */
export const RECORD_TYPES = [
  'bool',
  'i8',
  'i16',
  'i32',
  'i64',
  'u8',
  'u16',
  'u32',
  'u64',
  'f32',
  'f64',
  'time',
  'string',
  'fixed',
] as const;

export type RecordType = (typeof RECORD_TYPES)[number];

/** One field of every record of a schema. */
export interface RecordField {
  readonly name: string;
  readonly type: RecordType;
  /** Records may lack it: missing and null are kept as null. */
  readonly optional: boolean;
  /** The most UTF-8 bytes of a `fixed` text; 0 for all other types. */
  readonly length: number;
}

export type RecordSchema = readonly RecordField[];

/** A schema as people write it: `[{ name: 'value', type: 'f32' }]`. */
export type RecordSchemaLike = readonly {
  name: string;
  type: RecordType;
  optional?: boolean;
  length?: number;
}[];

export const MOST_FIELDS = 1_024;
const LONGEST_FIXED = 65_535;
const LONGEST_NAME = 255;

/** As a key of an object these would reach its prototype or hide its constructor. */
const UNSAFE_NAMES = new Set(['__proto__', 'prototype', 'constructor']);
const HALF_CHARACTER = /\p{Surrogate}/u;

/** The fields of a record, in order; `[]` where none is fixed. Takes the list, or its JSON text. */
export function recordSchema(): Field<RecordSchema> {
  return {
    default: [],
    expected: 'a list of fields, each with name and type',
    format: (schema) => JSON.stringify(schema.map(shortest)),
    parse(raw) {
      if (raw === undefined || raw === null || raw === '') return [];
      const list = typeof raw === 'string' ? readJson(raw) : raw;
      if (!Array.isArray(list)) return new Invalid();
      if (list.length > MOST_FIELDS) return new Invalid(`at most ${MOST_FIELDS} fields`);
      return parseFields(list);
    },
  };
}

function parseFields(list: readonly unknown[]): RecordSchema | Invalid {
  const fields: RecordField[] = [];
  const rows = new Map<string, number>();
  for (const [row, raw] of list.entries()) {
    const field = parseField(raw);
    if (typeof field === 'string') return inRow(row, field);
    const twin = rows.get(field.name);
    if (twin !== undefined)
      return inRow(row, `another name: field ${twin + 1} is called "${field.name}" too`);
    rows.set(field.name, row);
    fields.push(field);
  }
  return fields;
}

/** A field, or what would be right. */
function parseField(raw: unknown): RecordField | string {
  if (typeof raw !== 'object' || raw === null) return 'a field with name and type';
  const { name, type, optional, length } = raw as Record<string, unknown>;
  if (typeof name !== 'string' || name.trim() === '') return 'a name';
  if (UNSAFE_NAMES.has(name)) return `another name than ${name}, which is no safe key of an object`;
  if (HALF_CHARACTER.test(name)) return 'a name of whole characters';
  if (new TextEncoder().encode(name).length > LONGEST_NAME) {
    return `a name of at most ${LONGEST_NAME} bytes in UTF-8`;
  }
  const known = RECORD_TYPES.find((each) => each === type);
  if (known === undefined) return `a type: one of ${RECORD_TYPES.join(', ')}`;
  if (optional !== undefined && optional !== null && typeof optional !== 'boolean') {
    return 'optional true or false';
  }
  const bytes = known === 'fixed' ? readLength(length) : 0;
  if (bytes === null) return `a length of 1 to ${LONGEST_FIXED} bytes for the type fixed`;
  return { name, type: known, optional: optional === true, length: bytes };
}

function readLength(raw: unknown): number | null {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  const good = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LONGEST_FIXED;
  return good ? value : null;
}

function inRow(row: number, expected: string): Invalid {
  return new Invalid(`in field ${row + 1} ${expected}`, row);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function shortest({ name, type, optional, length }: RecordField): object {
  return { name, type, ...(optional && { optional }), ...(length > 0 && { length }) };
}
