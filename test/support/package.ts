import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/node-red/cell';

interface Manifest {
  version: string;
  files: string[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  'node-red': { plugins: Record<string, string>; nodes: Record<string, string> };
}

export const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What the package may import: installed with it, or loaded only where a user has installed it. */
export const dependencies = Object.keys({
  ...manifest.dependencies,
  ...manifest.optionalDependencies,
  ...manifest.peerDependencies,
});
