import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOUNT = '/sys/fs/cgroup';
const V1 = join(MOUNT, 'memory');

/** A memory cgroup of its own, as a small container has it. */
export interface Cgroup {
  version: 1 | 2;
  folder: string;
  /** Puts what follows into the cgroup: `[...launcher, 'node', 'app.js']`. */
  launcher: string[];
  /** Most bytes ever charged. */
  peak(): number;
  remove(): void;
}

/** Null where this system or user cannot make one: not Linux, not root, or no memory controller. */
export function makeCgroup(name: string, limitBytes: number): Cgroup | null {
  const v1 = existsSync(join(V1, 'memory.limit_in_bytes'));
  const folder = join(v1 ? V1 : MOUNT, `headroom-${name}-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, v1 ? 'memory.limit_in_bytes' : 'memory.max'), String(limitBytes));
  } catch {
    if (existsSync(folder)) rmdirSync(folder);
    return null;
  }
  // Without swap, as on most gateways; where there is none the files are missing.
  const swap = v1
    ? [
        ['memory.memsw.limit_in_bytes', String(limitBytes)],
        ['memory.swappiness', '0'],
      ]
    : [['memory.swap.max', '0']];
  for (const [file = '', value = ''] of swap) {
    if (existsSync(join(folder, file))) writeFileSync(join(folder, file), value);
  }
  return {
    version: v1 ? 1 : 2,
    folder,
    launcher: ['/bin/sh', '-c', `echo $$ > '${folder}/cgroup.procs' && exec "$0" "$@"`],
    peak: () => Number(readFileSync(join(folder, v1 ? 'memory.max_usage_in_bytes' : 'memory.peak'), 'utf8')),
    remove: () => rmdirSync(folder),
  };
}
