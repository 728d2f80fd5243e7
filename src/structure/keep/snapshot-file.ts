import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A piece of content: what it is, as JSON, and its bytes. */
export interface SnapshotRecord {
  head: unknown;
  data: Uint8Array;
}

/** A file that is no snapshot, none of this kind, or damaged. */
export class BadSnapshot extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BadSnapshot';
  }
}

/** Ends in a version: another one is another format. */
const MAGIC = Buffer.from('headroom snapshot 1\n');
const FRAME_BYTES = 24;
const DIGEST_BYTES = 16;
const LONGEST_HEAD = 2 ** 20;
const LONGEST_KIND = 64;
/** Written at once, so that many small records are not as many writes. */
const CHUNK = 65_536;

/** Doubles lie in files as they lie in memory. */
const BYTE_ORDER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';

/**
 * Writes content to a file so that it is there whole or not at all, also when the power fails: into a new file beside
 * it that is brought to the disk and then takes its name. Mode 0600.
 *
 *   | magic | kind | frame head data | frame head data | … | end frame |
 *   frame: length of head (4) · length of data (4) · the first half of the SHA-256 of lengths, head and data (16)
 *   end frame: 0 · number of records · the same
 *
 * @param records - taken one after another, each just before it is written
 */
export async function writeSnapshot(
  path: string,
  kind: string,
  records: Iterable<SnapshotRecord>,
): Promise<void> {
  const making = `${path}.new`;
  await rm(making, { force: true });
  const handle = await open(making, 'wx', 0o600); // never through a link that somebody has put there
  try {
    await writeAll(handle, piecesOf(kind, records));
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(making, { force: true });
    throw error;
  }
  await handle.close();
  await rename(making, path);
  await syncFolder(dirname(path));
}

/**
 * Reads what `writeSnapshot` wrote. Each record is checked before `take` gets it; what it got is good only once the
 * promise resolves.
 * @throws BadSnapshot when it is not whole, changed, or of another kind; errors of the file system as they come
 */
export async function readSnapshot(
  path: string,
  kind: string,
  take: (record: SnapshotRecord) => void,
): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const reader = new Reader(handle, (await handle.stat()).size);
    const beginning = beginningOf(kind);
    if (!(await reader.next(Math.min(MAGIC.length, reader.left))).equals(MAGIC))
      throw new BadSnapshot('it is no snapshot of this version');
    const rest = beginning.subarray(MAGIC.length);
    if (!(await reader.next(Math.min(rest.length, reader.left))).equals(rest))
      throw new BadSnapshot(`it is no ${kind}, or of a machine with another byte order`);
    let records = 0;
    for (;;) {
      const frame = await reader.next(FRAME_BYTES);
      const headLength = frame.readUInt32LE(0);
      const dataLength = frame.readUInt32LE(4);
      if (headLength > LONGEST_HEAD) throw new BadSnapshot('it is damaged');
      const head = await reader.next(headLength);
      const data = headLength === 0 ? Buffer.alloc(0) : await reader.next(dataLength);
      if (!frame.equals(frameOf(headLength, dataLength, head, data))) throw new BadSnapshot('it is damaged');
      if (headLength === 0) {
        if (dataLength !== records) throw new BadSnapshot('it is damaged');
        return;
      }
      records += 1;
      take({ head: JSON.parse(String(head)), data });
    }
  } finally {
    await handle.close();
  }
}

class Reader {
  constructor(
    private readonly handle: FileHandle,
    public left: number,
  ) {}

  /** The next bytes, in memory of their own. */
  async next(length: number): Promise<Buffer> {
    if (length > this.left) throw new BadSnapshot('it is cut off');
    const buffer = Buffer.from(new ArrayBuffer(length));
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.handle.read(buffer, at, length - at, null);
      if (bytesRead === 0) throw new BadSnapshot('it is cut off');
      at += bytesRead;
    }
    this.left -= length;
    return buffer;
  }
}

function beginningOf(kind: string): Buffer {
  return Buffer.concat([MAGIC, Buffer.from(`${kind} ${BYTE_ORDER}`.padEnd(LONGEST_KIND))]);
}

function* piecesOf(kind: string, records: Iterable<SnapshotRecord>): Generator<Uint8Array> {
  yield beginningOf(kind);
  let count = 0;
  for (const { head, data } of records) {
    const text = Buffer.from(JSON.stringify(head));
    yield frameOf(text.length, data.byteLength, text, data);
    yield text;
    yield data;
    count += 1;
  }
  yield frameOf(0, count, Buffer.alloc(0), Buffer.alloc(0));
}

function frameOf(headLength: number, dataLength: number, head: Uint8Array, data: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32LE(headLength, 0);
  frame.writeUInt32LE(dataLength, 4);
  const digest = createHash('sha256').update(frame.subarray(0, 8)).update(head).update(data).digest();
  digest.copy(frame, FRAME_BYTES - DIGEST_BYTES, 0, DIGEST_BYTES);
  return frame;
}

async function writeAll(handle: FileHandle, pieces: Iterable<Uint8Array>): Promise<void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (bytes > 0) await handle.writeFile(Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
  };
  for (const piece of pieces) {
    if (piece.byteLength >= CHUNK) {
      await flush();
      await handle.writeFile(piece);
      continue;
    }
    waiting.push(piece);
    bytes += piece.byteLength;
    if (bytes >= CHUNK) await flush();
  }
  await flush();
}

/** The new name is safe only when its folder is on the disk too; not every system lets folders be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
