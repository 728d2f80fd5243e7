import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(__dirname, '..', '..', '.cache', 'peers');

/** A package to compare with that is no dependency: fetched once into `.cache/peers`. */
export interface Peer {
  /** With its version. */
  name: string;
  /** Where the package lies. */
  folder: string;
}

export function fetchPeer(name: string): Peer {
  const home = join(CACHE, name.replaceAll('/', '+'));
  const folder = join(home, 'node_modules', name);
  if (!existsSync(folder)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"private":true}');
    const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', name], {
      cwd: home,
      env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' },
    });
    if (status !== 0) throw new Error(`${name} could not be installed into ${home}: is there a network?`);
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { name: `${name} ${version}`, folder };
}
