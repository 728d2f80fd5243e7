import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './cell';

const INSTALLED = join(ROOT, 'build', 'installed');

/** The packed tarball of this package, made anew when what was built has changed. */
export function packedTarball(): string {
  const folder = join(ROOT, 'build', 'packed');
  const stamp = join(folder, '.packed-from');
  const state = readFileSync(join(ROOT, 'dist', '.built-from'), 'utf8') + restState();
  const known = existsSync(stamp) && readFileSync(stamp, 'utf8') === state;
  if (!known) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    npm(['pack', '--silent', '--pack-destination', folder], ROOT);
    writeFileSync(stamp, state);
  }
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error(`npm pack left no tarball in ${folder}`);
  return join(folder, tarball);
}

/** A throw-away Node-RED user folder with the packed package installed, as a user would have it; `bare`: without. */
export async function makeUserFolder({ bare = false } = {}): Promise<string> {
  if (bare) return mkdtempSync(join(tmpdir(), 'headroom-'));
  const tarball = packedTarball();
  const stamp = join(INSTALLED, '.installed-from');
  const state =
    readFileSync(tarball).length + readFileSync(join(ROOT, 'build', 'packed', '.packed-from'), 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== state) {
    rmSync(INSTALLED, { recursive: true, force: true });
    mkdirSync(INSTALLED, { recursive: true });
    writeFileSync(join(INSTALLED, 'package.json'), '{"name":"headroom-user-folder","private":true}\n');
    npm(
      ['install', '--silent', '--no-audit', '--no-fund', '--omit=dev', '--prefer-offline', tarball],
      INSTALLED,
    );
    writeFileSync(stamp, state);
  }
  const folder = mkdtempSync(join(tmpdir(), 'headroom-'));
  try {
    await layOut(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/**
 * A copy of what is installed; what the package depends on is only linked, for it is large and stays as it is. Not in one
 * go: whoever presses Ctrl-C meanwhile must be heard, or nobody would clean up.
 */
async function layOut(folder: string): Promise<void> {
  const modules = join(INSTALLED, 'node_modules');
  await cp(INSTALLED, folder, { recursive: true, filter: (path) => !path.startsWith(modules) });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(modules)) {
    const [from, to] = [join(modules, name), join(folder, 'node_modules', name)];
    if (name === '@headroom') await cp(from, to, { recursive: true });
    else if (statSync(from).isDirectory()) symlinkSync(from, to, 'junction');
  }
}

/** What is packed beside `dist`, which has a stamp of its own. */
function restState(): string {
  const hash = createHash('sha256');
  const examples = readdirSync(join(ROOT, 'examples'), { recursive: true })
    .map((name) => join('examples', String(name)))
    .filter((path) => statSync(join(ROOT, path)).isFile());
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json', ...examples]) {
    hash.update(file).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

function npm(args: string[], cwd: string): void {
  execFileSync('npm', args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
