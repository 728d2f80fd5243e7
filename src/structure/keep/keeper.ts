import { mkdir, rename } from 'node:fs/promises';
import { codeOf, reasonOf, refusal, resolveInside } from '../../storage';
import { BadSnapshot, readSnapshot, type SnapshotRecord, writeSnapshot } from './snapshot-file';

export interface KeeperOptions {
  /** Where files may stand; made when it is missing. A full path. */
  folder: string;
  /** The file in it. */
  file: string;
  /** What the content is: `ring`. */
  kind: string;
  /** Content that changed is written at most so often; unchanged content never. */
  everyMs: number;
  /** The content as it is now, a piece at a time. */
  records(): Iterable<SnapshotRecord>;
  /** Told when the file cannot be read or written; of the same reason once, until it works again. */
  onTrouble(error: Error): void;
}

/** Files that keepers of this process write: two writers of one would take turns in losing what the other has. */
const claims = new Map<string, Keeper>();

/**
 * Keeps the content of a structure in a file: restored at start, written when it has changed, but not more often than
 * said, and at the stop. A timer runs only while something has changed.
 */
export class Keeper {
  #path: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #changed = false;
  #trouble = '';
  #last: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;

  constructor(private readonly options: KeeperOptions) {}

  /** The file could not be read, or not be written since. */
  get inTrouble(): boolean {
    return this.#trouble !== '';
  }

  /**
   * Hands over what an earlier run has written; false when there is no such file, or none that can be read. That one
   * is set aside under the name `<file>.bad`, and told.
   * @param take - gets each record; what it throws tells that the file is bad
   */
  async load(take: (record: SnapshotRecord) => void): Promise<boolean> {
    try {
      const path = await this.#open();
      await readSnapshot(path, this.options.kind, take).catch((error) => this.#setAside(path, error));
      return true;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#tell(error);
      return false;
    }
  }

  /** The content has changed: it will be written. */
  change(): void {
    this.#changed = true;
    if (this.#timer || this.#stopping) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.write();
    }, this.options.everyMs).unref();
  }

  /** Writes what has changed, now. Never rejects: trouble is told. */
  write(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#last = this.#last.then(() => this.#write());
    return this.#last;
  }

  /** Writes a last time what has changed, and lets go of the file. */
  stop(): Promise<void> {
    this.#stopping ??= this.write().finally(() => {
      if (this.#path !== null && claims.get(this.#path) === this) claims.delete(this.#path);
    });
    return this.#stopping;
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      const { kind } = this.options;
      await writeSnapshot(await this.#open(), kind, this.options.records());
      this.#trouble = '';
    } catch (error) {
      this.change();
      this.#tell(error);
    }
  }

  /** The path of the file, once it is this keeper's own. */
  async #open(): Promise<string> {
    if (this.#path !== null) return this.#path;
    const { folder, file } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = await resolveInside(folder, file);
    // A predecessor may still be writing: a slow disk, and a deploy that did not wait for it.
    const before = claims.get(path);
    if (before) await before.#stopping;
    if (claims.has(path)) throw refusal('persist', file, 'a file that no other node writes');
    claims.set(path, this);
    this.#path = path;
    return path;
  }

  async #setAside(path: string, error: unknown): Promise<never> {
    if (codeOf(error) === 'ENOENT') throw error;
    const reason = error instanceof BadSnapshot ? error.message : reasonOf(error);
    const bad = `${path}.bad`;
    const moved = await rename(path, bad).then(
      () => `it is now ${bad}`,
      (refused) => `it could not be renamed to ${bad} (${codeOf(refused)})`,
    );
    throw new Error(`persist: ${path} cannot be restored, ${reason}; ${moved}`);
  }

  #tell(error: unknown): void {
    const { folder, file } = this.options;
    const reason = reasonOf(error);
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    const said = /^(persist|path|folder):/.test(reason);
    this.options.onTrouble(
      new Error(said ? reason : `persist: ${file} in ${folder} could not be written, ${reason}`),
    );
  }
}
