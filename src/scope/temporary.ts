import { mkdir, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, refusal } from '../storage';
import { OwnFolder, removeLeftovers, type Swept } from './owner';
import type { Held, Resource } from './resource';

export interface TemporaryOptions {
  /** Where temporary files stand; made when it is missing. A full path. */
  folder: string;
  /** Ending of the names of temporary files: `.jpg`. Letters, digits, dots, dashes. Default none. */
  suffix?: string;
}

export interface TemporaryResource extends Resource<unknown, string> {
  kind: 'temp-file' | 'temp-folder';
  /** What processes that are gone had left in the folder; removed before the first file is made. */
  leftovers: Promise<Swept>;
}

/** A new empty file for each body, readable by this user only; gone after it, whatever became of it. */
export function temporaryFile(options: TemporaryOptions): TemporaryResource {
  return temporary('temp-file', options, async (path) => {
    await (await open(path, 'wx', 0o600)).close();
  });
}

/** A new empty folder for each body, open to this user only; gone after it with all that is in it. */
export function temporaryFolder(options: TemporaryOptions): TemporaryResource {
  return temporary('temp-folder', options, async (path) => {
    await mkdir(path, { mode: 0o700 });
  });
}

/** The place that all scopes of this process with the same folder share. */
class Place {
  readonly leftovers: Promise<Swept>;
  users = 0;
  /** Numbers the files made, so that no two have the same name. */
  #made = 0;
  #own: Promise<OwnFolder> | null = null;

  constructor(readonly root: string) {
    this.leftovers = removeLeftovers(root);
  }

  /** Makes a file or folder of a new name and returns its path. Rejects with a ConfigError that names the folder. */
  async make(suffix: string, create: (path: string) => Promise<void>): Promise<string> {
    try {
      try {
        return await this.#make(suffix, create);
      } catch (error) {
        // Somebody has cleaned up our folder: another one will do.
        if (codeOf(error) !== 'ENOENT') throw error;
        this.#own = null;
        return await this.#make(suffix, create);
      }
    } catch (error) {
      throw refusal('folder', this.root, `a folder in which files can be made (${codeOf(error)})`);
    }
  }

  async close(): Promise<void> {
    const own = await this.#own?.catch(() => null);
    this.#own = null;
    await own?.close();
  }

  async #make(suffix: string, create: (path: string) => Promise<void>): Promise<string> {
    this.#own ??= this.#open();
    let own: OwnFolder;
    try {
      own = await this.#own;
    } catch (error) {
      this.#own = null;
      throw error;
    }
    this.#made += 1;
    const path = join(own.path, `${this.#made}${suffix}`);
    await create(path);
    return path;
  }

  async #open(): Promise<OwnFolder> {
    await this.leftovers;
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    const own = new OwnFolder(this.root);
    await own.open();
    return own;
  }
}

const places = new Map<string, Place>();

function temporary(
  kind: TemporaryResource['kind'],
  { folder, suffix = '' }: TemporaryOptions,
  create: (path: string) => Promise<void>,
): TemporaryResource {
  const root = resolve(folder);
  const place = places.get(root) ?? new Place(root);
  places.set(root, place);
  place.users += 1;
  return {
    kind,
    leftovers: place.leftovers,
    async acquire(): Promise<Held<string>> {
      const path = await place.make(suffix, create);
      return { value: path, release: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
    },
    async close() {
      place.users -= 1;
      if (place.users > 0) return;
      places.delete(root);
      await place.close();
    },
  };
}
