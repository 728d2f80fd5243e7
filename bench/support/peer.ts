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

export function fetchPeer(name: string, versions = 'latest'): Peer {
  const wanted = `${name}@${versions}`;
  const home = join(CACHE, wanted.replaceAll('/', '+'));
  const folder = join(home, 'node_modules', name);
  if (!existsSync(folder)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"private":true}');
    const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', wanted], {
      cwd: home,
      env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' },
    });
    if (status !== 0) throw new Error(`${wanted} could not be installed into ${home}: is there a network?`);
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { name: `${name} ${version}`, folder };
}
