import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A small ext4 of its own in a file, as a card has it, and what is written to it. Needs root and loop devices. */
export interface Card {
  folder: string;
  /** Bytes and requests that reached the device so far. */
  written(): { bytes: number; requests: number };
  remove(): void;
}

export function makeCard(below: string): Card | null {
  const [image, folder] = [join(below, 'card.img'), join(below, 'card')];
  let device = '';
  const run = (...[program = '', ...args]: string[]): string =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    run('truncate', '--size=64M', image);
    run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
    device = run('losetup', '--find', '--show', image);
    mkdirSync(folder);
    run('mount', device, folder);
  } catch {
    if (device !== '') run('losetup', '--detach', device);
    rmSync(image, { force: true });
    return null;
  }
  return {
    folder,
    written() {
      const fields = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
        .trim()
        .split(/\s+/)
        .map(Number);
      return { bytes: (fields[6] ?? 0) * 512, requests: fields[4] ?? 0 };
    },
    remove() {
      run('umount', folder);
      run('losetup', '--detach', device);
      rmSync(image);
    },
  };
}
