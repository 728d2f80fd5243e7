import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { kernelFiles } from '../sample/files';
import { readProcess } from '../sample/processes';
import { codeOf } from '../storage';

/**
 * Temporary files stand in a folder that says in its name which process owns it. While that process lives it listens
 * on a socket in there, which ends with it however it ends:
 *
 *     <folder>/scope.<pid>.<start>.<pid namespace>.<boot>.<machine>.<random>/
 *         owner             the socket
 *         0-photo.jpg …     what scopes hold
 *
 * So a folder whose owner is gone can be told from that of any process alive, in another container that shares the
 * disk too, where its pid means nothing.
 */
const PREFIX = 'scope';
const NAME = /^scope\.(\d+)\.([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-f]+)\.([0-9a-f]+)\.[0-9a-f]+$/;
const SOCKET = 'owner';

/** Which process: texts short enough that a socket below them still fits into what the system takes as its path. */
interface Owner {
  pid: number;
  /** Clock ticks from boot to its start; 0 where the system does not tell. */
  start: number;
  pidNamespace: string;
  boot: string;
  machine: string;
}

const files = kernelFiles();

function thisProcess(): Owner {
  return {
    pid: process.pid,
    start: readProcess(files, process.pid)?.startTicks ?? 0,
    pidNamespace: Number(linkNumber('/proc/self/ns/pid')).toString(36),
    boot: hash(files.read('/proc/sys/kernel/random/boot_id') ?? ''),
    machine: hash(`${os.hostname()} ${files.read('/etc/machine-id')}`),
  };
}

/** The number in `pid:[4026531836]`, 0 where there is none. */
function linkNumber(path: string): string {
  try {
    return /\d+/.exec(readlinkSync(path))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

/** A folder of this process's own, below another one. */
export class OwnFolder {
  readonly path: string;
  #server: Server | null = null;

  constructor(root: string) {
    const { pid, start, pidNamespace, boot, machine } = thisProcess();
    const random = randomBytes(3).toString('hex');
    this.path = join(root, [PREFIX, pid, start.toString(36), pidNamespace, boot, machine, random].join('.'));
  }

  /** Rejects where the folder cannot be made. Without a socket (a file system that has none) the name must do. */
  async open(): Promise<void> {
    await mkdir(this.path, { mode: 0o700 });
    this.#server = await listen(join(this.path, `${SOCKET}.new`));
    // Under its name only once it answers.
    if (this.#server) await rename(join(this.path, `${SOCKET}.new`), join(this.path, SOCKET)).catch(() => {});
  }

  /** Removes it with all that is in it. */
  async close(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
    this.#server?.close();
    this.#server = null;
  }
}

/** What a sweep found below a folder. */
export interface Swept {
  /** Temporary files and folders removed, whose owner is gone. */
  removed: number;
  /** Why some could not be. */
  failed: string[];
}

/** Removes what processes that are gone have left below a folder. Never touches what a living one owns. */
export async function removeLeftovers(root: string): Promise<Swept> {
  const swept: Swept = { removed: 0, failed: [] };
  const here = thisProcess();
  for (const name of await readdir(root).catch(() => [])) {
    const owner = readOwner(name);
    const folder = join(root, name);
    if (!owner || !(await isOurs(folder)) || (await isAlive(owner, here, folder))) continue;
    try {
      const left = (await readdir(folder)).filter((entry) => !entry.startsWith(SOCKET)).length;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      swept.removed += left;
    } catch (error) {
      swept.failed.push(`${folder} could not be removed (${codeOf(error)})`);
    }
  }
  return swept;
}

function readOwner(name: string): Owner | null {
  const [, pid, start = '', pidNamespace = '', boot = '', machine] = NAME.exec(name) ?? [];
  if (!machine) return null;
  return { pid: Number(pid), start: Number.parseInt(start, 36), pidNamespace, boot, machine };
}

/** A real folder of this user: no link that leads elsewhere. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    const { uid } = await lstat(folder).then((stat) => (stat.isDirectory() ? stat : Promise.reject()));
    const me = process.getuid?.();
    return me === undefined || uid === me;
  } catch {
    return false;
  }
}

/** Where nothing is certain, the owner counts as alive. */
async function isAlive(owner: Owner, here: Owner, folder: string): Promise<boolean> {
  const answer = await knock(join(folder, SOCKET));
  if (answer === 'open') return true;
  // Another machine's, or from before this one was started.
  if (owner.boot !== here.boot) return owner.machine !== here.machine;
  // In a namespace of its own its pid means nothing here: only a socket that nobody answers tells.
  if (owner.pidNamespace !== here.pidNamespace) return answer !== 'refused';
  return processLives(owner) && !(owner.start === 0 && answer === 'refused');
}

function processLives({ pid, start }: Owner): boolean {
  const entry = readProcess(files, pid);
  if (entry && start > 0) return entry.startTicks === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

const LONGEST_KNOCK_MS = 1_000;

/** Whether somebody listens. */
function knock(path: string): Promise<'open' | 'refused' | 'unknown'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (what: 'open' | 'refused' | 'unknown'): void => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(LONGEST_KNOCK_MS, () => answer('unknown'));
    socket.once('connect', () => answer('open'));
    socket.once('error', (error) => answer(codeOf(error) === 'ECONNREFUSED' ? 'refused' : 'unknown'));
  });
}

/** Null where no socket can be: a path too long for one, Windows, a file system without. */
function listen(path: string): Promise<Server | null> {
  if (process.platform === 'win32') return Promise.resolve(null);
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', () => resolve(null));
    server.listen({ path, exclusive: true }, () => resolve(server));
  });
}
