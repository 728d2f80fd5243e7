import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusalOf, snapshotCost } from '../../../../src/census/heap/cost';
import { SnapshotFolder } from '../../../../src/census/heap/folder';
import { HeapCensus } from '../../../../src/census/heap/heap-census';
import { inWorker } from '../../../../src/census/heap/in-worker';
import { SnapshotError } from '../../../../src/census/heap/input';
import { scratchFolder, snapshotsOf } from '../../../support/snapshot';

const MB = 2 ** 20;
const PLENTY = { container: null, system: 2 ** 40, disk: 2 ** 40, diskIsMemory: false };

describe('whether a heap snapshot is taken', () => {
  const cost = snapshotCost(30 * MB);

  it('is decided by 13 times the heap free in container and system, and room on the disk', () => {
    assert.equal(refusalOf(cost, PLENTY), null);
    for (const [room, short] of [
      [{ ...PLENTY, container: 300 * MB }, 'container'],
      [{ ...PLENTY, container: 500 * MB, system: 300 * MB }, 'system'],
      [{ ...PLENTY, disk: 50 * MB }, 'disk'],
      [{ ...PLENTY, system: 450 * MB, diskIsMemory: true }, 'system'],
    ] as const) {
      assert.equal(refusalOf(cost, room)?.short, short);
    }
    assert.equal(refusalOf(cost, { container: null, system: null, disk: null, diskIsMemory: false }), null);
  });

  it('is told with the figures', () => {
    const refusal = refusalOf(cost, { ...PLENTY, container: 300 * MB });
    assert.deepEqual(refusal, {
      short: 'container',
      neededBytes: 390 * MB,
      freeBytes: 300 * MB,
      reason: 'a heap snapshot needs 390 MB of memory in the container, 300 MB are free',
    });
  });
});

describe('the folder of heap snapshots', () => {
  const scratch = scratchFolder();
  after(scratch.remove);
  const inside = (parent: string): string[] => readdirSync(join(scratch.path, parent, 'headroom-snapshots'));

  it('is private, and holds a file no longer than it is used, also when that fails', async () => {
    const folder = new SnapshotFolder(join(scratch.path, 'a'));
    await assert.rejects(
      folder.withFile((file) => {
        writeFileSync(file, 'x');
        assert.equal(inside('a').length, 1);
        throw new Error('unreadable');
      }),
      /unreadable/,
    );
    assert.deepEqual(inside('a'), []);
  });

  it('is swept of what a crash has left, and of nothing else', async () => {
    const folder = new SnapshotFolder(join(scratch.path, 'b'));
    await folder.withFile((used) => {
      for (const name of [
        'heap-999999999-1.heapsnapshot',
        `heap-${process.pid}-77.heapsnapshot`,
        `heap-${process.ppid}-1.heapsnapshot`,
        'mine.heapsnapshot',
      ]) {
        writeFileSync(join(folder.path, name), '');
      }
      writeFileSync(used, '');
      folder.sweep();
      assert.deepEqual(inside('b').length, 3);
    });
    assert.deepEqual(inside('b').sort(), [`heap-${process.ppid}-1.heapsnapshot`, 'mine.heapsnapshot']);
    new SnapshotFolder(join(scratch.path, 'none')).sweep();
  });

  it('is refused where it cannot be written, is a file, or a link, by name', async () => {
    writeFileSync(join(scratch.path, 'file'), '');
    mkdirSync(join(scratch.path, 'linked'));
    symlinkSync(scratch.path, join(scratch.path, 'linked', 'headroom-snapshots'));
    for (const parent of ['file', 'linked']) {
      const used = new SnapshotFolder(join(scratch.path, parent)).withFile(() => {});
      await assert.rejects(used, new RegExp(`^Error: folder: ".*${parent}`));
    }
  });

  it('is made private where it was open', async () => {
    const folder = new SnapshotFolder(join(scratch.path, 'open'));
    mkdirSync(folder.path, { recursive: true });
    chmodSync(folder.path, 0o777);
    await folder.withFile(() => {});
    const { statSync } = await import('node:fs');
    assert.equal(statSync(folder.path).mode & 0o777, 0o700);
  });
});

describe('reading in a thread', () => {
  const scratch = scratchFolder();
  after(scratch.remove);

  it('gives what reading in place gives, and errors of the file as they are', async () => {
    const file = snapshotsOf(scratch.path, "snapshot('one')")('one');
    const { totalCount, types } = await inWorker({ task: 'histogram', file, since: null });
    assert.ok(totalCount > 10_000 && types.length > 50);
    writeFileSync(file, 'something else');
    await assert.rejects(inWorker({ task: 'histogram', file, since: null }), SnapshotError);
    await assert.rejects(inWorker({ task: 'histogram', file: `${file}s`, since: null }), /ENOENT/);
  });

  it('ends when it is told to', async () => {
    const file = snapshotsOf(scratch.path, "snapshot('two')")('two');
    const stop = new AbortController();
    const reading = inWorker({ task: 'histogram', file, since: null }, stop.signal);
    stop.abort();
    await assert.rejects(reading, { name: 'AbortError' });
  });
});

describe('a census of the heap', function () {
  this.timeout(60_000);
  const scratch = scratchFolder();
  after(scratch.remove);

  it('is refused with the figures where there is no room, and tells what it can without', async () => {
    const census = new HeapCensus({
      folder: scratch.path,
      top: 5,
      compare: true,
      room: () => ({ ...PLENTY, system: 10 * MB }),
    });
    const { types, totalBytes, refused, blockMs } = await census.types();
    census.close();
    assert.match(refused?.reason ?? '', /needs .* of memory, 10 MB are free/);
    assert.ok(totalBytes > 0 && types.every(({ count }) => count > 0));
    assert.equal(blockMs, 0);
    assert.equal(existsSync(join(scratch.path, 'headroom-snapshots')), false);
  });

  it('tells types with growth, says so before it stands still, and leaves no file', async () => {
    const child = fork(join(__dirname, 'growing-process.ts'), [scratch.path], {
      execArgv: ['--require', 'tsx/cjs'],
      serialization: 'advanced',
    });
    const [{ first, second, announced, clash, files, modes }] = await once(child, 'message');
    assert.equal(first.addedCount, null);
    assert.deepEqual([second.count, second.addedCount], [3_000, 1_000]);
    assert.match(announced[0], /^stands still for about .* of memory and .* on disk meanwhile$/);
    assert.match(clash, /another heap snapshot/);
    assert.deepEqual(files, []);
    assert.deepEqual(modes, ['600']);
  });
});
