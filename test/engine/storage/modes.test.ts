import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlackBox, fileResource, Keeper, saveProfile, temporaryFile, temporaryFolder } from '../../../src';
import { SnapshotFolder } from '../../../src/census/heap/folder';

/** Whoever writes a file, doing it once below `folder`. */
const WRITERS: Record<string, (folder: string, look: () => void) => Promise<void>> = {
  async 'kept content'(folder, look) {
    const records = () => [{ head: { key: 'a' }, data: new Uint8Array(8) }];
    const keeper = new Keeper({
      ...{ folder: join(folder, 'new'), file: 'a.ring', kind: 'ring', everyMs: 60_000 },
      ...{ records, onTrouble: (error: Error) => assert.fail(error) },
    });
    keeper.change();
    await keeper.stop();
    look();
  },
  async 'a profile'(folder, look) {
    const profile = { head: {}, samples: [] } as unknown as Parameters<typeof saveProfile>[0];
    await saveProfile(profile, { folder: join(folder, 'new'), name: 'a', time: 0 });
    look();
  },
  /** V8 gives the file itself the rights that others have: its folder keeps them out. */
  'the folder of heap snapshots': (folder, look) => new SnapshotFolder(join(folder, 'new')).withFile(look),
  async 'a temporary file'(folder, look) {
    const resource = temporaryFile({ folder: join(folder, 'new') });
    await resource.acquire(undefined, new AbortController().signal);
    look();
    await resource.close?.();
  },
  async 'a temporary folder'(folder, look) {
    const resource = temporaryFolder({ folder: join(folder, 'new') });
    await resource.acquire(undefined, new AbortController().signal);
    look();
    await resource.close?.();
  },
  async 'a file of a scope'(folder, look) {
    const resource = fileResource({ folder, access: 'write' });
    const held = await resource.acquire('new', new AbortController().signal);
    look();
    await held.release();
  },
  async 'the black box'(folder, look) {
    const box = await BlackBox.open({
      ...{ folder, file: 'new/box.ring', sizeBytes: 65_536, intervalMs: 60_000, tellMs: 60_000 },
      ...{ snapshots: 0, loopRestarts: 0, loopWithinMs: 60_000 },
      ...{ heaviest: () => ({ nodes: null, held: null }), onSample() {}, onTrouble() {}, onLost() {} },
    });
    look();
    await box.stop(true);
  },
};

function tooOpen(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
}

describe('where the process gives everybody every right (umask 000)', () => {
  let folder: string;
  let before: number;

  beforeEach(function () {
    if (process.platform === 'win32') this.skip();
    folder = mkdtempSync(join(tmpdir(), 'headroom-modes-'));
    before = process.umask(0);
  });
  afterEach(() => {
    process.umask(before);
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [what, write] of Object.entries(WRITERS)) {
    it(`${what} is open to its owner only, with the folders made for it`, async () => {
      let seen = 0;
      await write(folder, () => {
        seen = readdirSync(folder).length;
        assert.deepEqual(tooOpen(folder), []);
      });
      assert.equal(seen, 1);
    });
  }
});
