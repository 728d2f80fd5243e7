import fs from 'node:fs';
import { promisify } from 'node:util';
import { decodeHeader, type Header, SLOTS_AT } from './header';
import { type BoxRecord, decodeSlot, SLOT_BYTES } from './slot';

const read = promisify(fs.read);

/** Read at a time: the file never stands in memory as a whole, and other work runs in between. */
const CHUNK_BYTES = 64 * 1024;
/** Records kept of a file that is read; hours of them at the usual interval. */
const MOST_KEPT = 2_000;

/** What a file holds. */
export interface Found {
  /** `blank`: empty or zeros only; `foreign`: nothing in it is of a black box; `version`: of another version. */
  nature: 'ours' | 'blank' | 'foreign' | 'version';
  version: string | null;
  /** Null where both copies are damaged. */
  header: Header | null;
  /** The newest, oldest first; never one that was torn or damaged. */
  records: BoxRecord[];
  /** Slots with something in them that is no record of this file. */
  damaged: number;
  sizeBytes: number;
}

/** Reads a whole file, whatever is in it. Rejects with what the file system says. */
export async function readRing(fd: number): Promise<Found> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const start = chunk.subarray(0, await fill(fd, chunk.subarray(0, SLOTS_AT), 0));
  const head = decodeHeader(start);
  const header = head && 'header' in head ? head.header : null;
  const slots = new Slots(header);
  let blank = isBlank(start);
  for (let at = SLOTS_AT; ; at += CHUNK_BYTES) {
    const part = chunk.subarray(0, await fill(fd, chunk, at));
    slots.read(part, (at - SLOTS_AT) / SLOT_BYTES);
    blank &&= isBlank(part);
    if (part.length < CHUNK_BYTES) break;
  }
  const version = head && 'version' in head ? head.version : null;
  const other = version !== null ? 'version' : blank ? 'blank' : 'foreign';
  const { records, damaged } = slots;
  const ours = header || records.length > 0 || (head && 'damaged' in head);
  const nature = ours ? 'ours' : other;
  return { nature, version, header, records, damaged, sizeBytes: fs.fstatSync(fd).size };
}

/** Picks the records of one file out of its slots. */
class Slots {
  #records: BoxRecord[] = [];
  damaged = 0;

  constructor(private readonly header: Header | null) {}

  read(part: Buffer, firstIndex: number): void {
    for (let from = 0; from + SLOT_BYTES <= part.length; from += SLOT_BYTES) {
      const slot = part.subarray(from, from + SLOT_BYTES);
      const record = decodeSlot(slot, firstIndex + from / SLOT_BYTES);
      if (record && this.#belongs(record)) this.#records.push(record);
      else if (!isBlank(slot)) this.damaged += 1;
    }
    if (this.#records.length >= 2 * MOST_KEPT) this.#records = newest(this.#records);
  }

  get records(): BoxRecord[] {
    return newest(this.header ? this.#records : oneRing(this.#records));
  }

  #belongs({ ring, slots }: BoxRecord): boolean {
    return !this.header || (ring === this.header.ring && slots === this.header.slots);
  }
}

/** Without a header the records themselves must tell which file they are of: the one most of them name. */
function oneRing(records: BoxRecord[]): BoxRecord[] {
  const votes = new Map<string, number>();
  const keyOf = ({ ring, slots }: BoxRecord): string => `${ring} ${slots}`;
  for (const record of records) votes.set(keyOf(record), (votes.get(keyOf(record)) ?? 0) + 1);
  if (votes.size < 2) return records;
  const [winner] = [...votes].reduce((best, each) => (each[1] > best[1] ? each : best));
  return records.filter((record) => keyOf(record) === winner);
}

function newest(records: BoxRecord[]): BoxRecord[] {
  return records.sort((a, b) => a.seq - b.seq).slice(-MOST_KEPT);
}

async function fill(fd: number, into: Buffer, at: number): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const { bytesRead } = await read(fd, into, length, into.length - length, at + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

const zeros = Buffer.alloc(4096);

function isBlank(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (!part.equals(zeros.subarray(0, part.length))) return false;
  }
  return true;
}
