import type { NodeMessage } from 'node-red';
import { PacketError, type RecordSchema } from '../../src';

type ColumnsGiven = Readonly<Record<string, ArrayLike<unknown>>>;

/** The command in `msg.control`, null without one. Throws a TypeError for a word that is no command. */
export function controlOf(msg: NodeMessage): 'flush' | null {
  const { control } = msg as { control?: unknown };
  if (control === undefined) return null;
  if (control !== 'flush') throw new TypeError(`control: ${String(control)} is not valid, expected flush`);
  return control;
}

/** Columns are told from a record by their first field: no type of a field is an array. */
export function columnsOf(value: unknown, schema: RecordSchema): ColumnsGiven | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const [first] = schema;
  const column = first && Object.hasOwn(value, first.name) ? (value as ColumnsGiven)[first.name] : undefined;
  return Array.isArray(column) || ArrayBuffer.isView(column) ? (value as ColumnsGiven) : null;
}

/**
 * The bytes of a packet. A text is taken too: nodes that tell texts from bytes by their looks (mqtt in does) may
 * take a packet for UTF-8 that is one by chance.
 */
export function packetBytes(value: unknown, property: string): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  const given = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  throw new PacketError(`msg.${property} is ${given}, expected a Buffer with a packet`);
}
