import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeInside } from '../../../src/record/place';
import { resolveInside } from '../../../src/storage';

/** Whoever opens a file that a form or a message names asks one of these for its path. */
const GUARDS: [string, (folder: string, path: string) => Promise<string>][] = [
  ['resolveInside, of scopes and kept content,', resolveInside],
  ['placeInside, of the black box,', async (folder, path) => placeInside(folder, path)],
];

for (const [name, guard] of GUARDS) {
  describe(`${name} keeps a path in its folder: it`, () => {
    let base: string;
    let folder: string;

    beforeEach(() => {
      base = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-inside-')));
      folder = join(base, 'folder');
      mkdirSync(join(folder, 'below'), { recursive: true });
      mkdirSync(join(base, 'folder-beside'));
      writeFileSync(join(base, 'secret'), 'secret');
    });
    afterEach(() => rmSync(base, { recursive: true, force: true }));

    const refuses = (path: string): Promise<void> =>
      assert.rejects(guard(folder, path), (error: Error) => /^(path|file): /.test(error.message), path);

    it('takes names, full paths inside, and names that only begin with dots', async () => {
      for (const path of ['new', 'below/new', '..new', '...', '~', '%2e%2e', join(folder, 'below', 'new')])
        assert.equal(await guard(folder, path), path.startsWith(folder) ? path : join(folder, path));
    });

    it('refuses every way out, by its text', async () => {
      for (const path of ['..', '../secret', 'below/../../secret', './../folder-beside/x', '.', 'below/..'])
        await refuses(path);
      for (const path of ['/etc/passwd', join(base, 'secret'), join(base, 'folder-beside', 'x'), folder, '/'])
        await refuses(path);
      for (const path of ['', 'a\0b', '\0', `../secret\0${folder}`]) await refuses(path);
    });

    it('refuses ways out through links, and makes nothing behind them', async () => {
      symlinkSync(base, join(folder, 'up'));
      symlinkSync(join(base, 'secret'), join(folder, 'file'));
      symlinkSync(join(base, 'nowhere'), join(folder, 'dangling'));
      for (const path of ['up/secret', 'up/new', 'up/new/deep', 'file', 'dangling']) await refuses(path);
      assert.deepEqual(readdirSync(base).sort(), ['folder', 'folder-beside', 'secret']);
    });
  });
}
