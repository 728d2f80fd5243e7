// Makes a fresh clone ready: installs what is missing, builds what is stale, and is quick when nothing is.
// Plain JavaScript without dependencies, because it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = 20;
const BUILT_FROM = [
  'src',
  'nodes',
  'icons',
  'tools/build',
  'tools/build.ts',
  'tsup.config.ts',
  'package.json',
];

process.chdir(ROOT);
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  stop(`Node.js ${process.versions.node} is too old: Headroom needs ${OLDEST_NODE} or newer.`);
}
once('node_modules/.headroom-installed', digest(['package-lock.json']), 'Installing dependencies …', () => {
  console.error('This takes a minute or so; without a network it takes as long to say so.');
  // Not `npm ci`: it refuses a lock file made where a registry lacks some platform's optional binaries.
  run(
    'npm',
    [
      'install',
      '--no-save',
      '--loglevel=error',
      '--no-audit',
      '--no-fund',
      '--fetch-retries=1',
      '--fetch-retry-mintimeout=2000',
    ],
    'The dependencies could not be installed. Is the npm registry reachable, and is there space on the disk?',
  );
});
once('dist/.built-from', digest(BUILT_FROM), 'Building …', () => {
  run(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'tools/build.ts'], 'The build failed.');
});

/** Runs a step only where its stamp does not match what the step is made from. */
function once(stamp, state, what, step) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  console.error(what);
  step();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesBelow)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

function run(command, args, complaint) {
  const result = spawnSync(command, args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status === 0) return;
  console.error(result.stdout ?? '', result.stderr ?? '');
  const full = /ENOSPC/.test(`${result.stderr}${result.stdout}`)
    ? ' There is no space left on the disk.'
    : '';
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(`${result.stderr}`)
    ? ' The network does not answer.'
    : '';
  stop(`${complaint}${full}${offline}`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
