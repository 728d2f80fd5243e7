import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryFile, temporaryFolder } from '../../../src/scope';
import { scratch, temporariesIn } from './subjects';

const never = new AbortController().signal;

describe('temporary files', () => {
  let folder: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = scratch();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Another process that holds a temporary folder and a file. */
  async function holder(count = 1, then = 'stay'): Promise<ChildProcess> {
    const child = fork(join(__dirname, 'hold-temporaries.ts'), [folder, String(count), then], {
      execArgv: ['-r', 'tsx/cjs'],
    });
    children.push(child);
    await once(child, 'message');
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  const marks = (): string[] => readdirSync(folder).filter((name) => name.startsWith('scope.'));

  it('are of this user only, empty, and named as asked', async () => {
    const files = temporaryFile({ folder, suffix: '.jpg' });
    const folders = temporaryFolder({ folder });
    const [file, dir] = [await files.acquire(undefined, never), await folders.acquire(undefined, never)];
    assert.match(file.value, /\.jpg$/);
    assert.equal(readFileSync(file.value).length, 0);
    assert.deepEqual(readdirSync(dir.value), []);
    if (process.platform !== 'win32') {
      assert.equal(statSync(file.value).mode & 0o777, 0o600);
      assert.equal(statSync(dir.value).mode & 0o777, 0o700);
    }
    await file.release();
    await dir.release();
    await Promise.all([files.close?.(), folders.close?.()]);
  });

  it('leave nothing behind when their nodes are gone, however full the folder was', async () => {
    const folders = temporaryFolder({ folder });
    const held = await folders.acquire(undefined, never);
    mkdirSync(join(held.value, 'deep', 'er'), { recursive: true });
    for (let file = 0; file < 50; file += 1) writeFileSync(join(held.value, 'deep', 'er', `${file}`), 'x');
    await held.release();
    assert.deepEqual(temporariesIn(folder), []);
    await folders.close?.();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('may be removed by the body itself', async () => {
    for (const make of [temporaryFile, temporaryFolder]) {
      const resource = make({ folder });
      const held = await resource.acquire(undefined, never);
      rmSync(held.value, { recursive: true });
      await held.release();
      await resource.close?.();
    }
  });

  it('do not follow a link that the body put into its folder', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'kept'), 'x');
    const folders = temporaryFolder({ folder });
    const held = await folders.acquire(undefined, never);
    symlinkSync(elsewhere, join(held.value, 'link'));
    await held.release();
    await folders.close?.();
    assert.ok(existsSync(join(elsewhere, 'kept')));
  });

  it('are made again where somebody has cleaned up the folder', async () => {
    const folders = temporaryFolder({ folder });
    await (await folders.acquire(undefined, never)).release();
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    const held = await folders.acquire(undefined, never);
    assert.ok(existsSync(held.value));
    await held.release();
    await folders.close?.();
  });

  it('make their folder when it is missing, and name it when it cannot be made', async () => {
    const deep = temporaryFile({ folder: join(folder, 'a', 'b') });
    await (await deep.acquire(undefined, never)).release();
    await deep.close?.();
    writeFileSync(join(folder, 'file'), '');
    const bad = temporaryFile({ folder: join(folder, 'file', 'below') });
    for (let again = 0; again < 2; again += 1) {
      await assert.rejects(
        Promise.resolve(bad.acquire(undefined, never)),
        /folder: ".*below" is not valid, expected a folder in which files can be made \((ENOTDIR|EEXIST)\)/,
      );
    }
    await bad.close?.();
  });

  it('of a process that was killed are removed by the next one', async () => {
    const child = await holder(3);
    assert.equal(temporariesIn(folder).length, 6);
    await kill(child);
    assert.equal(temporariesIn(folder).length, 6);
    const next = temporaryFile({ folder });
    assert.deepEqual(await next.leftovers, { removed: 6, failed: [] });
    assert.deepEqual(marks(), []);
    await next.close?.();
  });

  it('of a process that lives are left alone, while it hangs too', async () => {
    const child = await holder();
    child.kill('SIGSTOP');
    const next = temporaryFile({ folder });
    assert.deepEqual(await next.leftovers, { removed: 0, failed: [] });
    await (await next.acquire(undefined, never)).release();
    assert.equal(temporariesIn(folder).length, 2);
    await next.close?.();
  });

  it('of a process that lives in another container are known by its socket', async function () {
    if (process.platform !== 'linux') return this.skip();
    const child = await holder();
    // As another container would write its mark: the same machine, a pid and a namespace that mean nothing here.
    const [own = ''] = marks();
    const [, , , , boot, machine, random] = own.split('.');
    const foreign = join(folder, ['scope', 4_000_000, 'zz', 'zz', boot, machine, random].join('.'));
    renameSync(join(folder, own), foreign);
    const living = temporaryFile({ folder });
    assert.equal((await living.leftovers).removed, 0);
    await living.close?.();
    await kill(child);
    const next = temporaryFile({ folder });
    assert.equal((await next.leftovers).removed, 2);
    await next.close?.();
  });

  for (const [what, change, removed] of [
    ['a pid used again by another process', { pid: process.pid, start: '1' }, true],
    ['a process of before the last boot', { pid: process.pid, boot: '0a0a0a' }, true],
    ['another machine on a shared disk', { pid: 4_000_000, boot: '0a0a0a', machine: '0b0b0b' }, false],
    ['another container without a socket', { pid: 4_000_000, pidNamespace: 'zz' }, false],
    ['a process that is gone', { pid: 4_000_000 }, true],
  ] as const) {
    it(`are ${removed ? 'removed' : 'left alone'} when marked by ${what}`, async function () {
      if (process.platform !== 'linux') return this.skip();
      const probe = temporaryFile({ folder });
      await probe.acquire(undefined, never);
      const [, pid, start, pidNamespace, boot, machine, random] = (marks()[0] ?? '').split('.');
      await probe.close?.();
      const owner = Object.assign({ pid, start, pidNamespace, boot, machine, random }, change);
      mkdirSync(join(folder, ['scope', ...Object.values(owner)].join('.'), '1'), { recursive: true });
      const next = temporaryFile({ folder });
      assert.equal((await next.leftovers).removed, removed ? 1 : 0);
      assert.equal(marks().length, removed ? 0 : 1);
      await next.close?.();
    });
  }

  it('that are none of ours are never touched', async () => {
    const names = [
      'scope',
      'scope.',
      'scope.1.2.3',
      'scope.x.1.1.a.b.c',
      'scopes.1.1.1.aa.bb.cc',
      'photo.jpg',
    ];
    for (const name of names) mkdirSync(join(folder, name));
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'scope.4000000.1.1.aa.bb.cc'));
    writeFileSync(join(folder, 'scope.4000001.1.1.aa.bb.cc'), 'a file');
    const before = readdirSync(folder);
    const next = temporaryFile({ folder });
    assert.deepEqual(await next.leftovers, { removed: 0, failed: [] });
    assert.deepEqual(readdirSync(folder), before);
    await next.close?.();
  });

  it('keep no process alive', async () => {
    const child = await holder(1, 'leave');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });

  it('are told when they cannot be removed', async function () {
    if (process.platform !== 'linux' || process.getuid?.() === 0) return this.skip();
    await kill(await holder());
    const [own = ''] = marks();
    chmodSync(join(folder, own), 0o500);
    const next = temporaryFile({ folder });
    const { failed } = await next.leftovers;
    chmodSync(join(folder, own), 0o700);
    assert.match(failed.join(), /could not be removed \(EACCES\)/);
    await next.close?.();
  });
});
