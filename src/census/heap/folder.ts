import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'headroom-snapshots';
const FILE = /^heap-(\d+)-\d+\.heapsnapshot$/;

/**
 * The private folder of heap snapshots, below one that the user chose: a snapshot holds every text of the process, so
 * nobody else may read it, and it never stays.
 */
export class SnapshotFolder {
  static #files = 0;
  static readonly #inUse = new Set<string>();
  readonly path: string;

  readonly #parent: string;

  constructor(parent: string) {
    this.#parent = parent;
    this.path = join(parent, NAME);
  }

  /** Runs `write` with the name of a new file, and removes it when what it returns has settled. */
  async withFile<T>(use: (file: string) => T | Promise<T>): Promise<T> {
    this.#prepare();
    SnapshotFolder.#files += 1;
    const name = `heap-${process.pid}-${SnapshotFolder.#files}.heapsnapshot`;
    const file = join(this.path, name);
    SnapshotFolder.#inUse.add(file);
    try {
      return await use(file);
    } finally {
      rmSync(file, { force: true });
      SnapshotFolder.#inUse.delete(file);
    }
  }

  /** Removes what a crash has left behind; files that a running process may still read stay. Never throws. */
  sweep(): void {
    for (const name of this.#names()) {
      const pid = Number(FILE.exec(name)?.[1]);
      const file = join(this.path, name);
      // In a container the process before had the same id.
      const stale = pid === process.pid ? !SnapshotFolder.#inUse.has(file) : !isRunning(pid);
      if (!stale) continue;
      try {
        rmSync(file, { force: true });
      } catch {
        // nothing more can be done here, and taking the next snapshot will say why
      }
    }
  }

  #names(): string[] {
    try {
      return lstatSync(this.path).isDirectory()
        ? readdirSync(this.path).filter((name) => FILE.test(name))
        : [];
    } catch {
      return []; // nothing there
    }
  }

  #prepare(): void {
    try {
      make(this.#parent);
      make(this.path);
      const { uid, mode } = this.#own();
      if (process.getuid && uid !== process.getuid()) throw new Error('it belongs to somebody else');
      if ((mode & 0o077) !== 0) chmodSync(this.path, 0o700);
    } catch (error) {
      throw new Error(
        `folder: ${JSON.stringify(this.path)} cannot be used for heap snapshots (${(error as Error).message}), expected a folder that can be written`,
      );
    }
  }

  /** Not through a link: somebody else's could lead anywhere. */
  #own(): { uid: number; mode: number } {
    const found = lstatSync(this.path);
    if (!found.isDirectory()) throw new Error('it is no folder');
    return found;
  }
}

/** Not `recursive`: Node.js then tries for ever where a parent refuses folders, as /proc does. */
function make(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
