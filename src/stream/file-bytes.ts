import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteReader } from './source';

/** Reasons a system gives, in words. Anything else is said as the system says it. */
const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'this Node-RED may not read it',
  EPERM: 'this Node-RED may not read it',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
};

/**
 * Reads a file from its start to the end it has when the end is met: what is appended while it is read is read too.
 * Opens it with the first read. Errors name the path: no file, a folder, no permission, shrunk meanwhile.
 */
export class FileBytes implements ByteReader {
  bytes = 0;
  #handle: FileHandle | null = null;
  #sizeAtStart = 0;
  #closed = false;

  constructor(readonly path: string) {}

  async read(into: Buffer, at: number): Promise<number> {
    if (this.#closed) return 0;
    try {
      this.#handle ??= await this.#open();
      if (this.#closed) {
        await this.close();
        return 0;
      }
      const { bytesRead } = await this.#handle.read(into, at, into.length - at, null);
      this.bytes += bytesRead;
      if (bytesRead === 0) await this.#checkEnd(this.#handle);
      return bytesRead;
    } catch (error) {
      if (this.#closed) return 0;
      throw this.#explain(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  async #open(): Promise<FileHandle> {
    // Asked before it is opened, for opening a pipe waits in the thread pool until somebody writes.
    const found = await stat(this.path);
    if (!found.isFile()) throw new Error(found.isDirectory() ? 'it is a folder' : 'it is no regular file');
    this.#sizeAtStart = found.size;
    return open(this.path, 'r');
  }

  /** A file cut short, as logs are when they are rotated, must not pass for one that was read to its end. */
  async #checkEnd(handle: FileHandle): Promise<void> {
    // Files of /proc have no size.
    if (this.#sizeAtStart === 0) return;
    const { size } = await handle.stat();
    if (size < this.bytes) throw new Error(`it shrank to ${size} bytes while ${this.bytes} were read`);
  }

  #explain(error: unknown): Error {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = (code && REASONS[code]) ?? message;
    return Object.assign(new Error(`file: ${this.path} cannot be read: ${reason}`), { code });
  }
}
