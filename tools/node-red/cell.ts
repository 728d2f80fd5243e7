import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** One cell of the version matrix: a Node.js with a Node-RED. */
export interface Cell {
  name: string;
  /** The Node.js binary. */
  node: string;
  /** The folder of the package node-red. */
  nodeRed: string;
}

export const ROOT = resolve(__dirname, '../..');

/** Where `npm run matrix` installs the versions of a cell. */
export function cellFolder(name: string): string {
  return join(ROOT, '.cache', 'matrix', name);
}

/** The cell this process is to test: `HEADROOM_CELL` names an installed one; else the versions at hand. */
export function currentCell(): Cell {
  const name = process.env.HEADROOM_CELL ?? 'nr4';
  if (name === 'nr4') {
    const nodeRed = dirname(createRequire(join(ROOT, 'package.json')).resolve('node-red/package.json'));
    return { name, node: process.execPath, nodeRed };
  }
  const modules = join(cellFolder(name), 'node_modules');
  if (!existsSync(modules))
    throw new Error(`cell ${name} is not installed: npm run matrix -- ${name} installs it`);
  return { name, node: join(modules, 'node', 'bin', 'node'), nodeRed: join(modules, 'node-red') };
}

/** Requires and resolves as the Node-RED of the current cell does: its parts, and what it depends on. */
export function cellRequire(): NodeJS.Require {
  return createRequire(join(currentCell().nodeRed, 'package.json'));
}
