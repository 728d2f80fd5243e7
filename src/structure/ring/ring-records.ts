import { BadSnapshot, type SnapshotRecord } from '../keep/snapshot-file';
import { Ring } from './ring';
import type { KeptRing, RingSet } from './ring-set';

/** How a ring lies in a file: this, and its columns one after another, the time first. */
interface RingHead {
  key: string;
  arrivedAt: number;
  capacity: number;
  fields: string[];
  count: number;
}

const DOUBLE = Float64Array.BYTES_PER_ELEMENT;

/** All rings of a set to be written to a file, the key not heard of for longest first. Copies one at a time. */
export function* ringRecords(set: RingSet): Generator<SnapshotRecord> {
  for (const { key, arrivedAt } of set.kept()) {
    const ring = set.get(key);
    if (!ring) continue; // gone meanwhile: a file takes its time
    const view = ring.all();
    const data = new Float64Array(view.length * view.names.length);
    for (const [at, name] of view.names.entries()) data.set(view.column(name), at * view.length);
    const { capacity, fields, count } = ring;
    const head = { key, arrivedAt, capacity, fields: [...fields], count } satisfies RingHead;
    yield { head, data: new Uint8Array(data.buffer) };
  }
}

/**
 * The ring of one record.
 * @throws BadSnapshot when it is none
 */
export function ringFromRecord({ head, data }: SnapshotRecord): KeptRing {
  const { key, arrivedAt, capacity, fields, count } = readHead(head);
  if (data.byteLength !== count * (1 + fields.length) * DOUBLE)
    throw new BadSnapshot('its columns are not whole');
  const columns = new Float64Array(data.buffer, data.byteOffset, data.byteLength / DOUBLE);
  const ring = new Ring({ capacity, fields });
  const values = new Float64Array(fields.length);
  for (let i = 0; i < count; i++) {
    for (let field = 0; field < values.length; field++)
      values[field] = finiteOrGap(columns[(field + 1) * count + i] as number);
    ring.push(columns[i] as number, values);
  }
  return { key, ring, arrivedAt };
}

function readHead(head: unknown): RingHead {
  const { key, arrivedAt, capacity, fields, count } = Object(head) as Partial<RingHead>;
  const good =
    typeof key === 'string' &&
    Number.isFinite(arrivedAt) &&
    isWhole(capacity) &&
    isWhole(count) &&
    count <= capacity &&
    Array.isArray(fields) &&
    fields.length > 0 &&
    fields.every((field) => typeof field === 'string');
  if (!good) throw new BadSnapshot('a ring in it has no name or no measure');
  return { key, arrivedAt: arrivedAt as number, capacity, fields, count };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function finiteOrGap(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
