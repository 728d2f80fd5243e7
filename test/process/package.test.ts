import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFolders } from '../../tools/build/layout';
import { ROOT } from '../../tools/node-red/cell';
import { packedTarball } from '../../tools/node-red/user-folder';

/** All files below a folder of the repository, with slashes. */
function below(folder: string): string[] {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(path.length + 1)
        .replaceAll('\\', '/'),
    );
}

describe('the packed package', function () {
  this.timeout(60_000);

  it('holds what Node-RED and a library user need, and nothing else', () => {
    const expected = [
      'package.json',
      'README.md',
      'LICENSE',
      'SECURITY.md',
      'CHANGELOG.md',
      'dist/engine.js',
      'dist/engine.d.ts',
      'dist/snapshot-worker.js',
    ];
    for (const { type, folder, runtime, editor, locales } of nodeFolders(ROOT)) {
      if (existsSync(runtime)) expected.push(`dist/${type}.js`);
      if (existsSync(editor)) expected.push(`dist/${type}.html`);
      expected.push(
        ...below(join(folder.slice(ROOT.length + 1), 'locales')).map((file) => `dist/locales/${file}`),
      );
      assert(existsSync(locales), `${type} has words`);
    }
    expected.push(...below('icons').map((file) => `dist/icons/${file}`));
    for (const folder of ['examples', 'resources']) {
      expected.push(...below(folder).map((file) => `${folder}/${file}`));
    }
    const packed = execFileSync('tar', ['-tzf', packedTarball()], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^package\//, ''));
    assert.deepEqual(packed.sort(), expected.sort());
  });
});
