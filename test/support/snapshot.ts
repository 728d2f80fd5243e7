import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test's files, and how to get rid of it. */
export function scratchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'headroom-census-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Heap snapshots of a small process of its own: `script` is run there, and writes one wherever it calls
 * `snapshot(name)`.
 */
export function snapshotsOf(folder: string, script: string): (name: string) => string {
  const code = `const snapshot = (name) => require('v8').writeHeapSnapshot(${JSON.stringify(folder)} + '/' + name);\n${script}`;
  execFileSync(process.execPath, ['-e', code]);
  return (name) => join(folder, name);
}
