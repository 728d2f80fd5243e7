import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeapProfile } from './sampler';

/** Profiles of one node kept in its folder; the oldest go first. */
const MOST_FILES = 10;
const ENDING = '.heapprofile';

/**
 * Writes a profile as a `.heapprofile`, which Chrome DevTools (Memory → Load) and speedscope open. Only the owner of
 * the process may read it. The name is made of `name` and the time, and stays in the folder whatever `name` is.
 * Returns the path. Rejects with the file system's error, which names path and reason.
 */
export async function saveProfile(
  profile: HeapProfile,
  { folder, name, time }: { folder: string; name: string; time: number },
): Promise<string> {
  const prefix = `${name.replace(/[^\w-]/g, '_').slice(0, 80)}-`;
  const file = join(folder, `${prefix}${new Date(time).toISOString().replace(/[:.]/g, '-')}${ENDING}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, JSON.stringify(profile), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // Half a profile on a full disk is of no use, and in the way.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(file, { force: true }).catch(() => {});
    throw error;
  }
  await removeOldest(folder, prefix);
  return file;
}

async function removeOldest(folder: string, prefix: string): Promise<void> {
  // The time in their names sorts them.
  const names = (await readdir(folder))
    .filter((name) => name.startsWith(prefix) && name.endsWith(ENDING))
    .sort();
  for (const name of names.slice(0, -MOST_FILES)) await rm(join(folder, name), { force: true });
}
