import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { codeOf, refusal } from './errors';

/**
 * The real path of a file inside a folder, links followed; the file itself need not exist. Rejects with a ConfigError
 * that names `path` where it is no path, leads out of the folder (by `../`, as a full path, or through a link), or
 * its own folder is missing.
 */
export async function resolveInside(folder: string, path: unknown): Promise<string> {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw refusal('path', path, 'the path of a file');
  const root = await realpath(folder).catch((error) => {
    throw refusal('folder', folder, `a folder that exists (${codeOf(error)})`);
  });
  const full = resolve(root, path);
  const outside = (): Error => refusal('path', path, `a file inside ${folder}`);
  if (!isInside(root, full) && !isInside(resolve(folder), full)) throw outside();
  const parent = await realpath(dirname(full)).catch((error) => {
    throw refusal('path', path, `a file in a folder that exists (${codeOf(error)})`);
  });
  let real = join(parent, basename(full));
  const isLink = await lstat(real).then(
    (stat) => stat.isSymbolicLink(),
    () => false,
  );
  if (isLink) {
    real = await realpath(real).catch(() => {
      throw refusal('path', path, 'a file, not a link that leads nowhere');
    });
  }
  if (!isInside(root, real)) throw outside();
  return real;
}

/** Whether a path is below a folder, both full; the folder itself is not inside. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}
