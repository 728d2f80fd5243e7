import { ConfigError, RECORD_TYPES, type RecordField } from '../../config';
import { crc32 } from '../../storage';
import { ByteWriter } from './byte-writer';
import type { Columns } from './column';
import { writeColumn } from './write-column';
import { writeRows } from './write-rows';

/**
 * A packet of records, self-describing; all numbers little-endian. The whole format is `docs/pack-format.md`.
 *
 *     0   "HRPK"
 *     4   version 1 · layout (0 rows, 1 columns) · number of fields (2 bytes)
 *     8   number of records
 *     12  bytes of the whole packet
 *     16  CRC-32 of everything else
 *     20  for each field: type, flags, length, name; its encoding and bytes where the layout is columns
 *         then the rows, or the columns
 */
export const MAGIC = 0x4b_50_52_48;
export const VERSION = 1;
export const CRC_AT = 16;
export const FIELDS_AT = 20;
export const OPTIONAL = 1;

export interface PackOptions {
  /** `columns` (default) is smaller and quicker to read as a whole; `rows` gives each record a place of its own. */
  layout?: 'rows' | 'columns';
  /** `auto` takes for each column the smallest of several encodings. Rows are never compressed. Default `none`. */
  compression?: 'none' | 'auto';
}

/** Packs records. Throws a ConfigError when the packet would be larger than 4 GB. */
export function packColumns(
  records: Columns,
  { layout = 'columns', compression = 'none' }: PackOptions = {},
): Buffer {
  const { columns, count } = records;
  const out = new ByteWriter(1_024 + columns.length * 64 + count * 4 * columns.length);
  out.u32(MAGIC);
  out.u8(VERSION);
  out.u8(layout === 'rows' ? 0 : 1);
  out.u16(columns.length);
  out.u32(count);
  out.u32(0);
  out.u32(0);
  const entries = columns.map(({ field }) => writeField(out, field, layout));
  if (layout === 'rows') writeRows(out, records);
  else {
    for (const [index, column] of columns.entries()) {
      const from = out.length;
      const encoding = writeColumn(out, column, count, compression === 'auto');
      const entry = entries[index] as number;
      out.written[entry] = encoding;
      out.patchU32(entry + 1, out.length - from);
    }
  }
  if (out.length > 2 ** 32 - 1) {
    throw new ConfigError([
      { field: 'records', value: count, expected: 'fewer: a packet holds at most 4 GB' },
    ]);
  }
  out.patchU32(12, out.length);
  out.patchU32(CRC_AT, checksum(out.written));
  return Buffer.from(out.written);
}

/** CRC-32 of a packet without the checksum itself. */
export function checksum(packet: Uint8Array): number {
  return crc32(packet.subarray(CRC_AT + 4), crc32(packet.subarray(0, CRC_AT)));
}

/** Writes the description of a field; returns where the encoding and size of its column belong. */
function writeField(out: ByteWriter, { name, type, optional, length }: RecordField, layout: string): number {
  const bytes = Buffer.from(name, 'utf8');
  out.u8(RECORD_TYPES.indexOf(type));
  out.u8(optional ? OPTIONAL : 0);
  out.u16(length);
  out.u8(bytes.length);
  out.raw(bytes);
  return layout === 'rows' ? out.length : out.skip(5);
}
