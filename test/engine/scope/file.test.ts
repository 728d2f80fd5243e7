import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileAccess, fileResource, type ScopedFile } from '../../../src/scope';
import { cellRequire } from '../../../tools/node-red/cell';
import { scratch } from './subjects';

const RED = cellRequire()('@node-red/util') as { util: { cloneMessage<T>(msg: T): T } };
const never = new AbortController().signal;

describe('the file of a scope', () => {
  let base: string;
  let folder: string;

  beforeEach(() => {
    base = scratch();
    folder = join(base, 'allowed');
    mkdirSync(join(folder, 'below'), { recursive: true });
    writeFileSync(join(folder, 'notes.txt'), 'first\n');
    writeFileSync(join(base, 'secret.txt'), 'secret');
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  function acquire(path: unknown, access: FileAccess = 'read') {
    return Promise.resolve(fileResource({ folder, access }).acquire(path, never)) as Promise<{
      value: ScopedFile;
      release(): Promise<void>;
    }>;
  }

  for (const [what, path] of [
    ['a relative path', 'notes.txt'],
    ['a way down and up again', 'below/../notes.txt'],
  ]) {
    it(`opens ${what} inside its folder`, async () => {
      const { value, release } = await acquire(path);
      assert.equal((await value.read()).toString(), 'first\n');
      assert.equal((await value.read()).length, 0);
      await release();
    });
  }

  it('opens a full path inside its folder', async () => {
    const { value, release } = await acquire(join(folder, 'notes.txt'));
    assert.equal(await value.size(), 6);
    await release();
  });

  it('writes, appends and updates as it was told, in files that only this user may read', async () => {
    for (const [access, data, expected] of [
      ['write', 'one', 'one'],
      ['append', ' two', 'one two'],
      ['read-write', 'ONE', 'ONE two'],
      ['write', 'x', 'x'],
    ] as const) {
      const { value, release } = await acquire('new.txt', access);
      await value.write(data);
      await release();
      assert.equal(readFileSync(join(folder, 'new.txt'), 'utf8'), expected, access);
    }
    assert.equal(statSync(join(folder, 'new.txt')).mode & 0o077, 0);
  });

  it('writes where it is told to', async () => {
    const { value, release } = await acquire('notes.txt', 'read-write');
    await value.write('FI', 0);
    await value.write(Buffer.from('!'), 4);
    assert.equal((await value.read(100, 0)).toString(), 'FIrs!\n');
    await release();
  });

  it('is one handle for all branches of a flow, and shows no more than its path', async () => {
    const { value, release } = await acquire('notes.txt');
    assert.equal(RED.util.cloneMessage({ file: value }).file, value);
    assert.deepEqual(JSON.parse(JSON.stringify(value)), {
      path: join(folder, 'notes.txt'),
      access: 'read',
      open: true,
    });
    await release();
  });

  it('refuses what comes after its end, and finishes what was under way', async () => {
    const { value, release } = await acquire('notes.txt', 'append');
    const under = value.write('x'.repeat(1_000_000));
    await release();
    await under;
    assert.equal(value.open, false);
    await assert.rejects(value.write('late'), /notes\.txt is closed: its scope has ended/);
    assert.equal(statSync(join(folder, 'notes.txt')).size, 1_000_006);
  });

  it('may be removed by the body itself', async () => {
    const { value, release } = await acquire('new.txt', 'write');
    rmSync(value.path);
    await release();
  });

  for (const [what, path, expected] of [
    ['nothing', undefined, 'the path of a file'],
    ['an empty text', '', 'the path of a file'],
    ['a number', 7, 'the path of a file'],
    ['a text with a zero byte', 'a\0b', 'the path of a file'],
    ['its own folder', '.', 'a file inside'],
    ['a way out', '../secret.txt', 'a file inside'],
    ['a longer way out', 'below/../../secret.txt', 'a file inside'],
    ['a full path elsewhere', '/etc/passwd', 'a file inside'],
    ['a folder', 'below', 'not a folder'],
    ['a missing file', 'gone.txt', 'can be opened to read .ENOENT'],
    ['a missing folder', 'gone/notes.txt', 'in a folder that exists'],
    ['a file as a folder', 'notes.txt/x', 'in a folder that exists|ENOTDIR'],
  ] as const) {
    it(`refuses ${what}, naming it`, async () => {
      const before = readFileSync(join(base, 'secret.txt'), 'utf8');
      await assert.rejects(acquire(path), new RegExp(`path: .* is not valid, expected .*(?:${expected})`));
      assert.equal(readFileSync(join(base, 'secret.txt'), 'utf8'), before);
    });
  }

  it('refuses links that lead out, and follows those that stay inside', async () => {
    symlinkSync(join(base, 'secret.txt'), join(folder, 'out'));
    symlinkSync(base, join(folder, 'up'));
    symlinkSync(join(base, 'nowhere'), join(folder, 'dangling'));
    symlinkSync('../notes.txt', join(folder, 'below', 'in'));
    for (const path of ['out', 'up/secret.txt', 'dangling']) {
      await assert.rejects(acquire(path, 'write'), /path: .* is not valid/, path);
    }
    assert.equal(readFileSync(join(base, 'secret.txt'), 'utf8'), 'secret');
    assert.equal(existsSync(join(base, 'nowhere')), false);
    const { release } = await acquire('below/in');
    await release();
  });

  it('works in a folder that is itself a link', async () => {
    symlinkSync(folder, join(base, 'link'));
    const linked = fileResource({ folder: join(base, 'link'), access: 'read' });
    for (const path of ['notes.txt', join(base, 'link', 'notes.txt')]) {
      await (await linked.acquire(path, never)).release();
    }
  });

  it('refuses a pipe instead of waiting for its other end', async function () {
    if (process.platform === 'win32') return this.skip();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await assert.rejects(acquire('pipe'), /path: "pipe" is not valid, expected a file, not a pipe/);
  });

  it('tells of a full disk, and is closed all the same', async function () {
    if (!existsSync('/dev/full')) return this.skip();
    const full = fileResource({ folder: '/dev', access: 'write' });
    const held = await full.acquire('full', never);
    await assert.rejects((held.value as ScopedFile).write('x'), { code: 'ENOSPC' });
    await held.release();
  });

  it('names the folder when that is missing', async () => {
    const gone = fileResource({ folder: join(base, 'gone'), access: 'read' });
    await assert.rejects(
      Promise.resolve(gone.acquire('x', never)),
      /folder: ".*gone" is not valid, expected a folder that exists \(ENOENT\)/,
    );
  });
});
