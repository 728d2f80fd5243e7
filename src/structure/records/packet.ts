import {
  describeProblem,
  Invalid,
  RECORD_TYPES,
  type RecordField,
  type RecordSchema,
  recordSchema,
} from '../../config';
import { MOST_RECORDS } from './batch';
import { ByteReader } from './byte-reader';
import type { Column, Columns } from './column';
import { CRC_AT, checksum, FIELDS_AT, MAGIC, OPTIONAL, VERSION } from './pack';
import { PacketError } from './packet-error';
import { readColumn } from './read-column';
import { readRows } from './read-rows';
import { textOf } from './text';

/** What a packet holds, checked and decoded to columns. */
export interface Packet extends Columns {
  readonly schema: RecordSchema;
  readonly layout: 'rows' | 'columns';
  /** Its size as it was packed. */
  readonly bytes: number;
}

/** No column takes less than a byte for so many records: a packet of few bytes cannot ask for much memory. */
const RECORDS_A_BYTE = 32;

/**
 * Reads a packet. Throws a PacketError for anything that is not one whole, undamaged packet; memory is allocated
 * only for what the size of the packet vouches for, at most 256 bytes and a text for each of its bytes.
 */
export function readPacket(bytes: Uint8Array): Packet {
  checkFrame(bytes);
  const from = new ByteReader(bytes, 'header');
  from.at = 5;
  const layout = from.u8();
  if (layout > 1) throw from.wrong(`layout ${layout} is not known, expected 0 or 1`);
  const fields = from.u16();
  const count = from.u32();
  if (count > Math.min(MOST_RECORDS, RECORDS_A_BYTE * bytes.length)) {
    throw from.wrong(`${count} records are too many for ${bytes.length} bytes`);
  }
  from.at = FIELDS_AT;
  const parts = Array.from({ length: fields }, () => readField(from, layout === 1));
  const schema = schemaOf(parts.map(({ field }) => field));
  const columns = layout === 0 ? readRows(from, schema, count) : readColumns(from, parts, count);
  from.end();
  return { schema, layout: layout === 0 ? 'rows' : 'columns', bytes: bytes.length, count, columns };
}

function checkFrame(bytes: Uint8Array): void {
  if (bytes.length < FIELDS_AT) {
    throw new PacketError(`${bytes.length} bytes are too few, expected at least ${FIELDS_AT}`);
  }
  const from = new ByteReader(bytes, 'header');
  if (from.u32() !== MAGIC)
    throw new PacketError('it does not begin with HRPK: this is no packet of records');
  const version = from.u8();
  if (version !== VERSION) throw new PacketError(`version ${version} is not known, expected ${VERSION}`);
  from.at = 12;
  const size = from.u32();
  if (size > bytes.length) throw new PacketError(`cut short: ${bytes.length} of ${size} bytes are there`);
  if (size < bytes.length) throw new PacketError(`${bytes.length - size} bytes too many, expected ${size}`);
  from.at = CRC_AT;
  if (from.u32() !== checksum(bytes)) throw new PacketError('damaged: the checksum does not fit its bytes');
}

interface Part {
  field: RecordField;
  encoding: number;
  bytes: number;
}

function readField(from: ByteReader, columns: boolean): Part {
  const code = from.u8();
  const type = RECORD_TYPES[code];
  if (type === undefined) throw from.wrong(`type ${code} is not known`);
  const flags = from.u8();
  if (flags > OPTIONAL) throw from.wrong(`flags ${flags} are not known`);
  const length = from.u16();
  const name = textOf(from.take(from.u8()));
  if (name === null) throw from.wrong('the name of a field is no UTF-8');
  const field = { name, type, optional: flags === OPTIONAL, length };
  return columns ? { field, encoding: from.u8(), bytes: from.u32() } : { field, encoding: 0, bytes: 0 };
}

/** A schema by the same rules by which it was packed: unsafe names, twins and the like are refused. */
function schemaOf(fields: readonly RecordField[]): RecordSchema {
  const rules = recordSchema();
  const schema = rules.parse(fields);
  if (!(schema instanceof Invalid) && schema.length > 0) return schema;
  const expected = (schema instanceof Invalid && schema.why) || 'at least one field';
  throw new PacketError(describeProblem({ field: 'schema', value: fields, expected }));
}

function readColumns(from: ByteReader, parts: readonly Part[], count: number): Column[] {
  return parts.map(({ field, encoding, bytes }) =>
    readColumn(new ByteReader(from.take(bytes), `column "${field.name}"`), field, encoding, count),
  );
}
