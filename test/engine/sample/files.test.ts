import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KernelFiles, kernelFiles } from '../../../src';

describe("the kernel's files", () => {
  let root: string;
  let files: KernelFiles;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'headroom-files-'));
    files = kernelFiles(root);
  });

  afterEach(() => {
    files.close();
    rmSync(root, { recursive: true });
  });

  const put = (name: string, text: string): void => writeFileSync(join(root, name), text);

  it('are read afresh each time, kept open or not', () => {
    for (const text of ['12\n', '4096\n', '7\n', '']) {
      put('current', text);
      assert.equal(files.read('/current'), text);
      assert.equal(files.reread('/current'), text);
    }
  });

  it('are null where they are not there, and are found when they appear', () => {
    assert.equal(files.read('/none'), null);
    assert.equal(files.reread('/none'), null);
    assert.equal(files.list('/none'), null);
    put('none', 'here');
    assert.equal(files.reread('/none'), 'here');
  });

  it('are null where a folder stands in their place', () => {
    mkdirSync(join(root, 'meminfo'));
    assert.equal(files.read('/meminfo'), null);
    assert.equal(files.reread('/meminfo'), null);
    assert.equal(files.reread('/meminfo'), null);
  });

  it('are null where permission is denied, and read once it is given', function () {
    if (process.platform === 'win32') this.skip();
    put('secret', '1');
    chmodSync(join(root, 'secret'), 0);
    chmodSync(root, 0o755);
    asNobody(() => {
      assert.equal(files.read('/secret'), null);
      assert.equal(files.reread('/secret'), null);
    });
    chmodSync(join(root, 'secret'), 0o644);
    assert.equal(files.reread('/secret'), '1');
  });

  it('come whole when longer than what is read at once', () => {
    const long = 'line\n'.repeat(20_000);
    put('long', long);
    assert.equal(files.reread('/long'), long);
    assert.equal(files.reread('/long'), long);
  });

  it('list folders', () => {
    put('a', '');
    assert(files.list('/')?.includes('a'));
  });

  describe('kept open', () => {
    before(function () {
      if (process.platform !== 'linux') this.skip();
    });

    it('take a bounded number of descriptors, and give all of them back', () => {
      const before = openFiles(root);
      for (let i = 0; i < 100; i += 1) {
        put(`file${i}`, String(i));
        assert.equal(files.reread(`/file${i}`), String(i));
      }
      const held = openFiles(root) - before;
      assert(held > 0 && held <= 32, `${held} descriptors`);
      files.close();
      assert.equal(openFiles(root), before);
    });

    it('can be read again after they were closed', () => {
      put('current', '1');
      files.reread('/current');
      files.close();
      assert.equal(files.reread('/current'), '1');
    });

    it('are let go when what they tell of is gone', async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      const path = `/proc/${child.pid}/stat`;
      const kernel = kernelFiles();
      assert(kernel.reread(path)?.startsWith(`${child.pid} `));
      assert.equal(openFiles(path), 1);
      child.kill();
      await once(child, 'exit');
      assert.equal(kernel.reread(path), null);
      assert.equal(openFiles(path), 0);
    });
  });
});

function openFiles(below: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`).startsWith(below)).length;
}

/** The descriptor of the listing itself is gone again by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Root may read everything: drop its rights for a moment. */
function asNobody(action: () => void): void {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    action();
  } finally {
    if (root) process.seteuid?.(0);
  }
}
