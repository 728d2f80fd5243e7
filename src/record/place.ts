import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isInside, refusal } from '../storage';

/**
 * The real path of a file inside a folder, its own folder made where it is missing. A path that leads out, by `..`, from
 * the root, or through a symbolic link, is refused, and so is one that names a folder.
 * @throws ConfigError that names the file and what is expected
 */
export function placeInside(folder: string, file: string): string {
  const refuse = (expected: string): never => {
    throw refusal('file', file, expected);
  };
  const inside = 'a path inside the user folder, such as blackbox.ring';
  if (file.trim() === '' || file.includes('\0') || /[\\/]$/.test(file)) refuse(inside);
  const root = realpathSync(folder);
  // Both spellings of the folder count: the one given and the one its links lead to.
  const wanted = resolve(root, file);
  const base = [root, resolve(folder)].find((each) => isInside(each, wanted));
  if (base === undefined || /(^|[\\/])\.\.([\\/]|$)/.test(file)) return refuse(inside);
  const path = join(root, relative(base, wanted));
  try {
    const there = realpathSync(nearestThere(dirname(path)));
    if (there !== root && !isInside(root, there)) refuse(inside);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') refuse('a path whose folders are folders');
    throw namedFile(error);
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) refuse('a file, not a folder');
  if (found && !found.isFile()) refuse('a plain file');
  return join(realpathSync(dirname(path)), basename(path));
}

/** What the file system says, with the field that is meant; other errors name it already. */
export function namedFile(error: unknown): unknown {
  const { code, message } = Object(error) as NodeJS.ErrnoException;
  const ofFileSystem = typeof code === 'string' && /^E[A-Z]+$/.test(code);
  return ofFileSystem ? new Error(`file: ${message}`, { cause: error }) : error;
}

/** The deepest folder of a path that exists: nothing is made behind a link that leads out. */
function nearestThere(path: string): string {
  let at = path;
  while (!lstatSync(at, { throwIfNoEntry: false }) && dirname(at) !== at) at = dirname(at);
  return at;
}
