import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Header, Owner, ProcessIdentity, Run } from './header';
import { livesOn, ownerOf, sameOwner, sameProcess } from './process-identity';
import { type Found, readRing } from './read-ring';
import { makeRing, openRing, sizeOf, slotsIn } from './ring-file';

/** A file that is open, and what it held. */
export interface OpenBox {
  fd: number;
  found: Found;
  header: Header;
  /** This same process has written it before: its node was deployed anew. */
  continues: boolean;
  /** What a person should know. */
  notes: string[];
}

export interface OpenOptions {
  folder: string;
  path: string;
  sizeBytes: number;
  self: ProcessIdentity;
  /** Gives up waiting for a writer that cannot be seen. */
  signal?: AbortSignal | undefined;
}

/** A writer that cannot be seen from here is dead when it has written nothing for this many of its intervals. */
const SILENT_INTERVALS = 1.5;
const LONGEST_WATCH_MS = 90_000;

/**
 * Opens the file, made new where there is none. What is not ours is never written over: a file that is no black box, or
 * that a living process writes, is refused; one of another version or gateway is set aside under another name.
 * @throws Error that names the file and the reason
 */
export async function openBox(options: OpenOptions): Promise<OpenBox> {
  const notes: string[] = [];
  const owner = ownerOf(options.folder);
  let fd = openIfThere(options.path);
  try {
    let found = fd === null ? NOTHING : await readRing(fd);
    const strange = strangeness(found, owner, options.path);
    if (fd !== null && strange !== null) {
      fs.closeSync(fd);
      fd = null;
      notes.push(`${strange}: kept as ${setAside(options.path)}, a new one is begun`);
      found = NOTHING;
    }
    const writer = found.header?.run ?? null;
    const continues = writer !== null && sameProcess(writer, options.self);
    if (fd !== null && writer && !continues) await refuseWhileWritten(fd, found, writer, options, owner);
    return { found, continues, notes, ...(await whole(fd, found, owner, options)) };
  } catch (error) {
    if (fd !== null) fs.closeSync(fd);
    throw error;
  }
}

/** The file as it is, or made anew of what could be read: there is none, it has another size, or its header is damaged. */
async function whole(
  fd: number | null,
  found: Found,
  owner: Owner,
  { path, sizeBytes }: OpenOptions,
): Promise<Pick<OpenBox, 'fd' | 'header'>> {
  const slots = slotsIn(sizeBytes);
  const { header } = found;
  if (fd !== null && header?.slots === slots && found.sizeBytes === sizeOf(slots)) return { fd, header };
  const made = newHeader(found, owner, slots);
  await makeRing(path, made, found.records);
  const madeFd = openRing(path);
  if (fd !== null) fs.closeSync(fd);
  return { fd: madeFd, header: made };
}

const NOTHING: Found = {
  ...{ nature: 'blank', version: null, header: null, records: [], damaged: 0, sizeBytes: 0 },
};

function openIfThere(path: string): number | null {
  try {
    return openRing(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function strangeness({ nature, version, header }: Found, owner: Owner, path: string): string | null {
  if (nature === 'foreign') {
    throw new Error(`file: ${path} is no black box and is left alone, expected another name`);
  }
  if (nature === 'version') return `the file is of another version (${version})`;
  if (!header || sameOwner(header.owner, owner)) return null;
  return `the file is of another gateway (${header.owner.host || 'unnamed'}, ${header.owner.folder})`;
}

function setAside(path: string): string {
  const aside = `${path}.other`;
  if (fs.existsSync(aside)) {
    throw new Error(
      `file: ${path} is not of this gateway and ${aside} is there already, expected one of them gone`,
    );
  }
  fs.renameSync(path, aside);
  return aside;
}

/** Refuses a file that another process writes; where that cannot be seen, waits whether it goes on writing. */
async function refuseWhileWritten(
  fd: number,
  found: Found,
  writer: Run,
  { path, self, signal }: OpenOptions,
  owner: Owner,
): Promise<void> {
  const life = livesOn(writer, self, found.header?.owner.host === owner.host);
  let written = life === 'yes';
  if (life === 'unsure' && mayWriteStill(found, writer, self)) {
    const before = found.records.at(-1)?.seq;
    await wait(
      Math.min(LONGEST_WATCH_MS, writer.intervalMs * SILENT_INTERVALS),
      undefined,
      signal ? { signal } : {},
    );
    written = (await readRing(fd)).records.at(-1)?.seq !== before;
  }
  if (written)
    throw new Error(`file: ${path} is being written by process ${writer.pid}, expected a file of its own`);
}

/** On the same boot of the machine, its uptime tells how long ago the last record was written. */
function mayWriteStill({ records }: Found, writer: Run, self: ProcessIdentity): boolean {
  const last = records.at(-1);
  if (!last || writer.boot === null || writer.boot !== self.boot) return true;
  return (os.uptime() - last.machineUptime) * 1000 < writer.intervalMs * SILENT_INTERVALS * 2;
}

function newHeader({ header, records }: Found, owner: Owner, slots: number): Header {
  const ring = header?.ring ?? records.at(-1)?.ring ?? Math.random().toString(16).slice(2, 10).padEnd(8, '0');
  const { run = null, past = [], loopReported = false, count = 0 } = header ?? {};
  return { count: count + 1, ring, slots, owner, run, past, loopReported };
}
