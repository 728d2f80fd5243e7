import fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { formatBytes } from '../config';
import { decodeHeader, encodeHeader, HEADER_BYTES, HEADER_COPIES, type Header, SLOTS_AT } from './header';
import { type BoxRecord, encodeSlot, SLOT_BYTES } from './slot';

const write = promisify(fs.write);

/** Written at a time; other work runs in between. */
const CHUNK_BYTES = 64 * 1024;
/** A disk is not filled to its last byte. */
const DISK_RESERVE = 1024 * 1024;

export function slotsIn(sizeBytes: number): number {
  return Math.floor((sizeBytes - SLOTS_AT) / SLOT_BYTES);
}

/** Bytes of a file with so many slots. */
export function sizeOf(slots: number): number {
  return SLOTS_AT + slots * SLOT_BYTES;
}

/**
 * Makes a file in full size beside its place, then puts it there in one step: a half-made one never stands there. Every
 * block is written, with zeros, so that no later record can fail for want of room (but where the file system packs
 * zeros or copies on write, as btrfs and ZFS do). Rejects when the disk has no room; then nothing is left behind.
 */
export async function makeRing(path: string, header: Header, records: readonly BoxRecord[]): Promise<void> {
  const sizeBytes = sizeOf(header.slots);
  const free = freeBytes(path);
  if (free !== null && free < sizeBytes + DISK_RESERVE) {
    throw new Error(`file: ${formatBytes(sizeBytes)} do not fit, the disk has ${formatBytes(free)} left`);
  }
  const making = `${path}.new`;
  fs.rmSync(making, { force: true });
  const fd = fs.openSync(making, 'wx', 0o600);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < sizeBytes; at += CHUNK_BYTES) {
      await writeAll(fd, chunk.subarray(0, Math.min(CHUNK_BYTES, sizeBytes - at)), at);
    }
    const block = encodeHeader(header);
    for (let copy = 0; copy < HEADER_COPIES; copy += 1) await writeAll(fd, block, copy * HEADER_BYTES);
    const slot = Buffer.alloc(SLOT_BYTES);
    for (const record of records.slice(-header.slots)) {
      if (!encodeSlot(slot, { ...record, ring: header.ring, slots: header.slots })) continue;
      await writeAll(fd, slot, placeOf(record.seq, header.slots));
    }
    await promisify(fs.fsync)(fd); // once for each file made: its name must not lead to blocks of nothing
  } catch (error) {
    fs.rmSync(making, { force: true });
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(making, path);
}

async function writeAll(fd: number, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await write(fd, bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/** Bytes that this user can still write to the disk of a path; null where the system does not tell. */
export function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = fs.statfsSync(fs.existsSync(path) ? path : dirname(path));
    return bavail * bsize;
  } catch {
    return null;
  }
}

function placeOf(seq: number, slots: number): number {
  return SLOTS_AT + (seq % slots) * SLOT_BYTES;
}

/** Opens a file for reading and writing in place; a symbolic link in its place is refused. */
export function openRing(path: string): number {
  return fs.openSync(path, fs.constants.O_RDWR | (fs.constants.O_NOFOLLOW ?? 0));
}

/** What a record says beside its place in the ring. */
export type Entry = Omit<BoxRecord, 'seq' | 'slots' | 'ring'>;

/**
 * Writes records in place, one slot each, through one open descriptor and without fsync: the kernel brings them to the
 * disk within half a minute, several in one page. What the kernel has, it keeps when the process is killed.
 */
export class RingWriter {
  readonly #fd: number;
  #header: Header;
  #seq: number;
  readonly #slot = Buffer.alloc(SLOT_BYTES);
  readonly #lastSlot = Buffer.alloc(SLOT_BYTES);
  #busy: Promise<void> | null = null;
  #open = true;

  constructor(fd: number, header: Header, nextSeq: number) {
    this.#fd = fd;
    this.#header = header;
    this.#seq = nextSeq;
  }

  get header(): Header {
    return this.#header;
  }

  /**
   * Writes without blocking. False when the disk is still busy with the record before: this one is then left out, for a
   * disk that hangs must not pile up records in memory.
   */
  write(entry: Entry, done: (error: Error | null) => void): boolean {
    if (this.#busy || !this.#open) return false;
    const at = this.#encode(this.#slot, entry);
    this.#busy = new Promise((resolve) => {
      fs.write(this.#fd, this.#slot, 0, SLOT_BYTES, at, (error) => {
        this.#busy = null;
        resolve();
        done(error);
      });
    });
    return true;
  }

  /** Writes at once, for last words: the process may be gone in the next moment. Throws what the file system says. */
  writeNow(entry: Entry): void {
    if (!this.#open) return;
    const at = this.#encode(this.#lastSlot, entry);
    fs.writeSync(this.#fd, this.#lastSlot, 0, SLOT_BYTES, at);
  }

  #encode(slot: Buffer, entry: Entry): number {
    const { ring, slots } = this.#header;
    const seq = this.#seq;
    if (!encodeSlot(slot, { ...entry, seq, ring, slots })) {
      throw new RangeError(`a record of kind ${entry.kind} is longer than ${SLOT_BYTES} bytes`);
    }
    this.#seq += 1;
    return placeOf(seq, slots);
  }

  /** Writes the header over the older of its two copies. */
  writeHeader(change: Partial<Header>): void {
    const header = { ...this.#header, ...change, count: this.#header.count + 1 };
    const block = encodeHeader(header);
    fs.writeSync(this.#fd, block, 0, HEADER_BYTES, (header.count % HEADER_COPIES) * HEADER_BYTES);
    this.#header = header;
  }

  /** The header as it stands in the file now, which another process may have written; null where it is damaged. */
  readHeader(): Header | null {
    const start = Buffer.allocUnsafe(SLOTS_AT);
    const found = decodeHeader(start.subarray(0, fs.readSync(this.#fd, start, 0, SLOTS_AT, 0)));
    return found && 'header' in found ? found.header : null;
  }

  /** Whether the name still leads to the file that is written. */
  isAt(path: string): boolean {
    const here = fs.fstatSync(this.#fd, { bigint: true });
    const there = fs.statSync(path, { throwIfNoEntry: false, bigint: true });
    return there !== undefined && there.ino === here.ino && there.dev === here.dev;
  }

  /** Waits for the record under way, then closes. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#busy;
    fs.closeSync(this.#fd);
  }
}
