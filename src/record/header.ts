import { readBlock, writeBlock } from './block';

/** Two copies, written in turn: while one is being written, the other is whole. */
export const HEADER_BYTES = 8192;
export const HEADER_COPIES = 2;
/** Where the slots begin. */
export const SLOTS_AT = HEADER_BYTES * HEADER_COPIES;

const MAGIC = 'HEADROOM-BLACKBOX';
const VERSION = '0001';
const WORD = `${MAGIC} ${VERSION}`;

/** Whose file it is. */
export interface Owner {
  /** The machine's id, `''` where it has none, as in most containers. */
  machine: string;
  host: string;
  /** The user folder. */
  folder: string;
}

/** A process that cannot be taken for a later one of the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to its start; null where the system does not tell. */
  startTicks: number | null;
  /** The id of this boot of the machine; null where the system does not tell. */
  boot: string | null;
  /** The pid namespace: a pid of another container says nothing here. */
  pidSpace: string | null;
}

/** The run that writes the file, or wrote it last. */
export interface Run extends ProcessIdentity {
  run: number;
  startedAt: number;
  /** The interval of its records, at most. */
  intervalMs: number;
  /** Seconds since the machine started, when the run began to record. */
  machineUptime: number;
  /** Its cgroup, by name and inode: another one may come to have the same name. */
  cgroup: { folder: string; inode: number } | null;
  /** Where Node.js writes a report, should V8 give up: a name in the folder of the file. Null where it writes none. */
  fatal: string | null;
}

/** How an earlier run ended: seconds it lasted, seconds until the next began (null: unknown), its end. */
export type PastRun = [lastedSeconds: number, downSeconds: number | null, cause: string];

export interface Header {
  /** Counts the headers written; the higher of two copies is the newer. */
  count: number;
  ring: string;
  slots: number;
  owner: Owner;
  run: Run | null;
  /** Oldest first. */
  past: PastRun[];
  /** The restart loop that goes on has been reported. */
  loopReported: boolean;
}

/** Runs that the header remembers. */
const MOST_PAST = 200;

export function encodeHeader(header: Header): Buffer {
  const block = Buffer.allocUnsafe(HEADER_BYTES);
  let { past } = header;
  if (past.length > MOST_PAST) past = past.slice(-MOST_PAST);
  while (!writeBlock(block, WORD, { ...header, past })) {
    if (past.length === 0) throw new RangeError(`header: longer than ${HEADER_BYTES} bytes`);
    past = past.slice(Math.ceil(past.length / 4));
  }
  return block;
}

export type HeaderFound =
  | { header: Header }
  /** A black box by its first word, of a version that this one cannot read. */
  | { version: string }
  /** A black box by its first word; nothing of its header can be read. */
  | { damaged: true }
  | null;

/** The newer whole copy in the first bytes of a file. */
export function decodeHeader(start: Buffer): HeaderFound {
  let newest: Header | null = null;
  let version: string | null = null;
  let damaged = false;
  for (let copy = 0; copy < HEADER_COPIES; copy += 1) {
    const block = start.subarray(copy * HEADER_BYTES, (copy + 1) * HEADER_BYTES);
    const header = block.length === HEADER_BYTES ? checked(readBlock(block, WORD)) : null;
    if (header && (!newest || header.count > newest.count)) newest = header;
    const [, word] = /^HEADROOM-BLACKBOX (\d{4}) /.exec(block.toString('latin1', 0, 40)) ?? [];
    if (word === VERSION) damaged = true;
    else if (word !== undefined) version = word;
  }
  if (newest) return { header: newest };
  if (damaged) return { damaged };
  return version === null ? null : { version };
}

/** A checksum that fits makes it near certain that we wrote it; the shape is checked all the same. */
function checked(raw: unknown): Header | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { count, ring, slots, owner, run, past, loopReported } = raw as Partial<Header>;
  const whole =
    Number.isSafeInteger(count) &&
    Number.isSafeInteger(slots) &&
    (slots as number) > 0 &&
    typeof ring === 'string' &&
    isOwner(owner) &&
    (run === null || isRun(run)) &&
    Array.isArray(past) &&
    past.every(isPastRun) &&
    typeof loopReported === 'boolean';
  return whole ? (raw as Header) : null;
}

function isOwner(owner: unknown): boolean {
  const { machine, host, folder } = Object(owner) as Partial<Owner>;
  return [machine, host, folder].every((part) => typeof part === 'string');
}

export function isRun(run: unknown): run is Run {
  const { run: number, pid, startedAt, intervalMs, machineUptime } = Object(run) as Partial<Run>;
  return [number, pid, startedAt, intervalMs, machineUptime].every((part) => Number.isFinite(part));
}

function isPastRun(past: unknown): boolean {
  if (!Array.isArray(past)) return false;
  const [lasted, down, cause] = past;
  return Number.isFinite(lasted) && (down === null || Number.isFinite(down)) && typeof cause === 'string';
}
