import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The kernel's text files as this engine reads them. What is not there, may not be read, or fails half-way is
 * null: a machine lacks things, and the next sample works all the same.
 */
export interface KernelFiles {
  /** The whole text, read afresh. */
  read(path: string): string | null;
  /** As `read`, for files read again and again: keeps the file open, which makes it some six times cheaper. */
  reread(path: string): string | null;
  /** The names in a folder. */
  list(path: string): string[] | null;
  /** Closes what `reread` keeps open; reading goes on working and opens again. */
  close(): void;
}

/** More than a deeply nested container needs; the files beyond are read without being kept open. */
const MAX_OPEN = 32;
/** Larger than any file that is read again and again; shared, because reading is synchronous. */
const chunk = Buffer.allocUnsafeSlow(16_384);

/** The files of this machine, or of a copy of one below `root`. */
export function kernelFiles(root = ''): KernelFiles {
  const open = new Map<string, number>();

  function read(path: string): string | null {
    return attempt(() => readFileSync(join(root, path), 'latin1'));
  }

  function descriptor(path: string): number | null {
    const known = open.get(path);
    if (known !== undefined) return known;
    if (open.size >= MAX_OPEN) return null;
    const fd = attempt(() => openSync(join(root, path), 'r'));
    if (fd !== null) open.set(path, fd);
    return fd;
  }

  function forget(path: string, fd: number): void {
    open.delete(path);
    attempt(() => closeSync(fd));
  }

  return {
    read,
    reread(path) {
      const fd = descriptor(path);
      if (fd === null) return read(path);
      const length = attempt(() => readSync(fd, chunk, 0, chunk.length, 0));
      if (length === null) forget(path, fd); // a cgroup that was removed: the next read opens what is there then
      return length === null || length === chunk.length ? read(path) : chunk.toString('latin1', 0, length);
    },
    list: (path) => attempt(() => readdirSync(join(root, path))),
    close() {
      for (const [path, fd] of open) forget(path, fd);
    },
  };
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
