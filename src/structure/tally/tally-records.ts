import { deserialize, serialize } from 'node:v8';
import { BadSnapshot, type SnapshotRecord } from '../keep/snapshot-file';
import type { SavedTally, Tally } from './tally';

/** Entries in one record: few enough that none keeps the process busy for long. */
const ENTRIES = 500;

interface TallyHead {
  operation: string;
  entries: number;
}

/** All entries of a tally to be written to a file. Texts, Buffers, dates and BigInts stay what they are. */
export function* tallyRecords(tally: Tally): Generator<SnapshotRecord> {
  const saved = tally.save();
  const { operation } = tally.options;
  for (let at = 0; at < saved.length; at += ENTRIES) {
    const entries = saved.slice(at, at + ENTRIES);
    const head = { operation, entries: entries.length } satisfies TallyHead;
    yield { head, data: serialize(entries) };
  }
}

/**
 * The entries of one record, and by which operation they came about.
 * @throws BadSnapshot when they are none
 */
export function entriesFromRecord({ head, data }: SnapshotRecord): {
  operation: string;
  entries: SavedTally;
} {
  const { operation } = Object(head) as Partial<TallyHead>;
  const entries: unknown = deserialize(data);
  const good =
    typeof operation === 'string' &&
    Array.isArray(entries) &&
    entries.every(
      (entry) =>
        Array.isArray(entry) &&
        typeof entry[0] === 'string' &&
        Number.isFinite(entry[1]) &&
        Array.isArray(entry[2]),
    );
  if (!good) throw new BadSnapshot('its entries are none of a tally');
  return { operation, entries };
}
