import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../../tools/node-red/cell';

const MOST_BYTES = 120 * 1024;

/** Everything a browser loads of this package: scripts and forms of all nodes and plugins, and the static files. */
function payload(): [name: string, bytes: number][] {
  const files = ['dist', 'resources'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => /\.(html|css|js)$/.test(name) && (folder === 'resources' || name.endsWith('.html')))
      .map((name) => join(ROOT, folder, name)),
  );
  return files.map((file) => [file.slice(ROOT.length + 1), gzipSync(readFileSync(file)).length]);
}

describe('what the editor loads', () => {
  it('is at most 120 KB, gzipped: scripts and styles of all nodes and plugins, and the chart', () => {
    const files = payload();
    assert.ok(files.some(([name]) => name.includes('uPlot')));
    const sum = files.reduce((total, [, bytes]) => total + bytes, 0);
    assert.ok(sum <= MOST_BYTES, `${sum} bytes: ${JSON.stringify(files)}`);
  });
});
