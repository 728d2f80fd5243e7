import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { codeOf, refusal, resolveInside } from '../storage';
import type { Held, Resource } from './resource';

export type FileAccess = 'read' | 'write' | 'append' | 'read-write';

export interface FileOptions {
  /** Files outside are refused. A full path. */
  folder: string;
  /** `write` empties the file first; all but `read` make it when it is missing. */
  access: FileAccess;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW = 0 } = constants;
const FLAGS: Record<FileAccess, number> = {
  read: O_RDONLY,
  write: O_WRONLY | O_CREAT | O_TRUNC,
  append: O_WRONLY | O_CREAT | O_APPEND,
  'read-write': O_RDWR | O_CREAT,
};

/** What is read when nobody says how much, in bytes. */
const CHUNK = 65_536;

/**
 * An open file, as a body gets it. Closed when the body has ended; what is asked of it later rejects. All branches of
 * a flow share the one handle: its tag makes Node-RED's clone pass it by reference.
 */
export class ScopedFile {
  readonly [Symbol.toStringTag] = 'ScopedFile';
  #handle: FileHandle | null;

  constructor(
    handle: FileHandle,
    readonly path: string,
    readonly access: FileAccess,
  ) {
    this.#handle = handle;
  }

  get open(): boolean {
    return this.#handle !== null;
  }

  /** Up to `bytes` bytes from `position`, by default from where the last read ended; empty at the end of the file. */
  async read(bytes = CHUNK, position: number | null = null): Promise<Buffer> {
    const { bytesRead, buffer } = await this.#use().read(Buffer.allocUnsafe(bytes), 0, bytes, position);
    return buffer.subarray(0, bytesRead);
  }

  /** Writes all of a text or of bytes where the last write ended, or at `position`. Rejects when the disk is full. */
  async write(data: string | Uint8Array, position: number | null = null): Promise<void> {
    const handle = this.#use();
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    let at = position;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
      done += bytesWritten;
      if (at !== null) at += bytesWritten;
    }
  }

  /** Bytes in the file. */
  async size(): Promise<number> {
    return (await this.#use().stat()).size;
  }

  toJSON(): object {
    return { path: this.path, access: this.access, open: this.open };
  }

  /** By the scope. Waits for what is under way. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  #use(): FileHandle {
    if (this.#handle) return this.#handle;
    throw new Error(`${this.path} is closed: its scope has ended`);
  }
}

/** The file at the path that each message demands, open for the time of the body. */
export function fileResource({ folder, access }: FileOptions): Resource<unknown, ScopedFile> {
  return {
    kind: 'file',
    async acquire(demand): Promise<Held<ScopedFile>> {
      const path = await resolveInside(folder, demand);
      await checkKind(path, demand);
      let handle: FileHandle;
      try {
        handle = await open(path, FLAGS[access] | O_NOFOLLOW, 0o600);
      } catch (error) {
        throw refusal('path', demand, `a file that can be opened to ${access} (${codeOf(error)})`);
      }
      const file = new ScopedFile(handle, path, access);
      return { value: file, release: () => file.close() };
    },
  };
}

/** Opening a pipe or a socket could wait for ever. One that is missing is for `open` to say. */
async function checkKind(path: string, demand: unknown): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found || found.isFile() || found.isCharacterDevice()) return;
  throw refusal('path', demand, `a file, not a ${found.isDirectory() ? 'folder' : 'pipe, socket or disk'}`);
}
