/** Records by a schema: as columns in memory, as packets on the wire. */
export { loadArrow, toArrow } from './arrow';
export { type BatchOptions, MOST_RECORDS, RecordBatch, RecordError } from './batch';
export type { Misfit } from './builders';
export { type CollectorLimits, RecordCollector } from './collector';
export type { Column, Columns } from './column';
export { type PackOptions, packColumns } from './pack';
export { type Packet, readPacket } from './packet';
export { PacketError } from './packet-error';
export {
  describeSchema,
  expectSchema,
  type PlainColumns,
  type PlainRecord,
  type RecordValue,
  toColumns,
  toObjects,
  type UnpackOptions,
} from './unpack';
