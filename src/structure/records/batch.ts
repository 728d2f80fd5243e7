import {
  ConfigError,
  describeProblem,
  Invalid,
  type RecordSchema,
  type RecordSchemaLike,
  recordSchema,
} from '../../config';
import { builderFor, type ColumnBuilder, type Misfit } from './builders';
import type { Column, Columns } from './column';

export interface BatchOptions {
  /** Numbers too large or too small for their type: refused, or the nearest one that fits. Default `error`. */
  misfit?: Misfit;
  /** Fields that are not in the schema: left out and counted, or refused. Default `drop`. */
  extraFields?: 'drop' | 'error';
}

/** A record that does not fit its schema. Says which record and field, the value, and what is expected. */
export class RecordError extends TypeError {
  override readonly name = 'RecordError';

  constructor(
    /** Its place among the records that were handed in together; null for a single one. */
    readonly record: number | null,
    readonly field: string,
    value: unknown,
    expected: string,
  ) {
    const place = record === null ? '' : `record ${record}, `;
    super(`${place}${describeProblem({ field, value, expected })}`);
  }
}

/** The most records of one batch and of one packet. */
export const MOST_RECORDS = 2 ** 24;
const FIRST_CAPACITY = 16;
const MOST_EXTRA_NAMES = 10;

/** Throws a ConfigError for a schema that is none, or has no field. */
function schemaOf(raw: RecordSchemaLike | RecordSchema): RecordSchema {
  const field = recordSchema();
  const schema = field.parse(raw);
  if (!(schema instanceof Invalid) && schema.length > 0) return schema;
  const expected = (schema instanceof Invalid && schema.why) || `${field.expected}, at least one`;
  throw new ConfigError([{ field: 'schema', value: raw, expected }]);
}

/**
 * Records as columns of typed arrays, built up one by one: an eighth of what an array of objects takes. A record
 * that does not fit leaves no trace.
 */
export class RecordBatch implements Columns {
  readonly schema: RecordSchema;
  count = 0;
  /** Fields left out, for they are not in the schema, and the first few of their names. */
  extra = { fields: 0, names: [] as string[] };
  readonly #builders: ColumnBuilder[];
  readonly #names: ReadonlySet<string>;
  readonly #dropExtra: boolean;
  /** Names that every object has something by: only an own property counts as the record's. */
  readonly #inherited: boolean[];
  #capacity = 0;

  constructor(schema: RecordSchemaLike | RecordSchema, options: BatchOptions = {}) {
    this.schema = schemaOf(schema);
    this.#names = new Set(this.schema.map(({ name }) => name));
    this.#inherited = this.schema.map(({ name }) => name in Object.prototype);
    this.#dropExtra = options.extraFields !== 'error';
    this.#builders = this.schema.map((field) => builderFor(field, options.misfit ?? 'error'));
  }

  get columns(): readonly Column[] {
    return this.#builders;
  }

  /** Bytes that its records take, texts included; what is allocated ahead for more comes to as much at most. */
  get bytes(): number {
    let bytes = 0;
    for (const { values, valid, textBytes } of this.#builders) {
      bytes += this.count * (values.BYTES_PER_ELEMENT + (valid ? 1 : 0)) + textBytes;
    }
    return bytes;
  }

  /** Adds one record. Throws a RecordError, and adds nothing, when it does not fit. */
  add(record: unknown): void {
    const extra = this.#extraCount();
    try {
      this.#reserve(1);
      this.#put(record, null);
    } catch (error) {
      this.#cutTo(this.count, extra);
      throw error;
    }
  }

  /** Adds all of these records or, where one does not fit, none. */
  addAll(records: readonly unknown[]): void {
    const before = this.count;
    const extra = this.#extraCount();
    try {
      this.#reserve(records.length);
      for (let i = 0; i < records.length; i += 1) this.#put(records[i], i);
    } catch (error) {
      this.#cutTo(before, extra);
      throw error;
    }
  }

  /** Adds records given by columns: an array or typed array for each field, all of one length. */
  addColumns(columns: Readonly<Record<string, ArrayLike<unknown>>>): void {
    const before = this.count;
    const given = this.schema.map(({ name }) => (Object.hasOwn(columns, name) ? columns[name] : undefined));
    const count = given.find((column) => column !== undefined)?.length ?? 0;
    const extra = this.#extraCount();
    try {
      this.#reserve(count);
      this.#seeExtra(columns, null);
      for (const [index, builder] of this.#builders.entries()) {
        const column = given[index];
        if (column !== undefined && column.length !== count) {
          throw new RecordError(
            null,
            builder.field.name,
            column.length,
            `${count} values, as the first column has`,
          );
        }
        for (let i = 0; i < count; i += 1) this.#putValue(builder, before + i, column?.[i], i);
      }
      this.count = before + count;
    } catch (error) {
      this.#cutTo(before, extra);
      throw error;
    }
  }

  #put(record: unknown, place: number | null): void {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      throw new RecordError(place, 'record', record, 'an object with the fields of the schema');
    }
    const builders = this.#builders;
    for (let i = 0; i < builders.length; i += 1) {
      const builder = builders[i] as ColumnBuilder;
      const { name } = builder.field;
      const own = !this.#inherited[i] || Object.hasOwn(record, name);
      this.#putValue(builder, this.count, own ? (record as Record<string, unknown>)[name] : undefined, place);
    }
    this.#seeExtra(record, place);
    this.count += 1;
  }

  #putValue(builder: ColumnBuilder, at: number, value: unknown, place: number | null): void {
    const { valid } = builder;
    if (value === undefined || value === null) {
      if (!valid) throw new RecordError(place, builder.field.name, value, builder.expected);
      valid[at] = 0;
      builder.putNone(at);
    } else {
      if (valid) valid[at] = 1;
      if (!builder.put(at, value)) throw new RecordError(place, builder.field.name, value, builder.expected);
    }
  }

  #seeExtra(record: object, place: number | null): void {
    for (const name in record) {
      if (this.#names.has(name)) continue;
      if (!this.#dropExtra) {
        throw new RecordError(place, name, (record as Record<string, unknown>)[name], 'no such field');
      }
      this.extra.fields += 1;
      const { names } = this.extra;
      if (names.length < MOST_EXTRA_NAMES && !names.includes(name)) names.push(name);
    }
  }

  #extraCount(): RecordBatch['extra'] {
    const { fields, names } = this.extra;
    return { fields, names: fields === 0 ? [] : [...names] };
  }

  #reserve(more: number): void {
    const needed = this.count + more;
    if (needed > MOST_RECORDS) {
      throw new RangeError(`records: ${needed} are too many, expected at most ${MOST_RECORDS} at a time`);
    }
    if (needed <= this.#capacity) return;
    const capacity =
      this.#capacity === 0 ? Math.max(needed, FIRST_CAPACITY) : Math.max(needed, this.#capacity * 2);
    this.#capacity = Math.min(capacity, MOST_RECORDS);
    for (const builder of this.#builders) builder.grow(this.#capacity);
  }

  #cutTo(count: number, extra: RecordBatch['extra']): void {
    this.count = count;
    this.extra = extra;
    for (const builder of this.#builders) builder.cutTo(count);
  }
}
