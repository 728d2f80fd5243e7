/** `npm run matrix -- nr5`: installs the versions of one cell, where missing, and runs the whole test suite on them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellFolder, ROOT } from './node-red/cell';

/** npm packages that make a cell; `nr4` is what this machine and package.json have. */
const CELLS: Record<string, Record<string, string>> = {
  nr4: {},
  nr5: { node: '24', 'node-red': '5' },
};

function main([name = '', ...layers]: string[]): void {
  const packages = CELLS[name];
  if (!packages)
    throw new Error(`cell: "${name}" is not known, expected one of ${Object.keys(CELLS).join(', ')}`);
  if (Object.keys(packages).length > 0) install(name, packages);
  const tsx = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { status } = spawnSync(process.execPath, [tsx, 'tools/test.ts', ...layers], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, HEADROOM_CELL: name },
  });
  process.exitCode = status ?? 1;
}

function install(name: string, dependencies: Record<string, string>): void {
  const folder = cellFolder(name);
  const manifest = JSON.stringify({ name: `headroom-${name}`, private: true, dependencies });
  const file = join(folder, 'package.json');
  const complete = join(folder, '.complete');
  if (existsSync(complete) && existsSync(file) && readFileSync(file, 'utf8') === manifest) return;
  console.log(
    `Installing ${Object.entries(dependencies)
      .map((pair) => pair.join(' '))
      .join(' and ')} …`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, manifest);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', '--no-package-lock'], {
    cwd: folder,
    stdio: 'inherit',
  });
  writeFileSync(complete, '');
}

main(process.argv.slice(2));
