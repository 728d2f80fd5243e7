import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChunkSource, FileBytes, LineSource, leaseOf, Pool } from '../../../src';
import { drain } from './bytes';

describe('a file that is read piece by piece', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-'));
    path = join(folder, 'log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lines = (file = path): LineSource => new LineSource(new FileBytes(file), 100_000);

  it('that is missing or a folder is an error that names it', async () => {
    assert.deepEqual(await drain(lines()), [`Error: file: ${path} cannot be read: there is no such file`]);
    assert.deepEqual(await drain(lines(folder)), [`Error: file: ${folder} cannot be read: it is a folder`]);
  });

  it('that may not be read is an error that says so', async function () {
    writeFileSync(path, 'a');
    chmodSync(path, 0);
    if (process.getuid?.() === 0 || process.platform === 'win32') this.skip();
    assert.match(String(await drain(lines())), /this Node-RED may not read it/);
  });

  it('that is no regular file is refused, for reading it may never end', async function () {
    if (process.platform === 'win32') this.skip();
    assert.match(String(await drain(lines('/dev/zero'))), /it is no regular file/);
  });

  it('is read with what is appended meanwhile', async () => {
    writeFileSync(path, 'a\n'.repeat(50_000));
    const source = lines();
    await source.next();
    appendFileSync(path, 'b\n');
    const rest = await drain(source);
    assert.deepEqual([rest.length, rest.at(-1)], [50_000, 'b']);
    await source.close();
  });

  it('that shrinks meanwhile is an error: it was not read to the end it had', async () => {
    writeFileSync(path, 'a\n'.repeat(100_000));
    const source = lines();
    await source.next();
    truncateSync(path, 10);
    const rest = await drain(source);
    assert.match(String(rest.at(-1)), /it shrank to 10 bytes while 65536 were read/);
    await source.close();
  });

  it('without a size, as those of /proc are, is read like any other', async function () {
    if (process.platform !== 'linux') this.skip();
    const source = lines('/proc/self/status');
    assert.match(String(await drain(source)), /VmRSS/);
    await source.close();
  });

  describe('in pooled chunks', () => {
    it('fills buffers of the pool, and gives back those that nobody took', async () => {
      writeFileSync(path, Buffer.alloc(10_000, 7));
      const pool = new Pool('frames');
      const source = new ChunkSource(new FileBytes(path), 4_096, pool);
      const chunks = (await drain(source)) as Buffer[];
      assert.deepEqual(
        chunks.map((chunk) => [chunk.length, chunk.every((byte) => byte === 7), leaseOf(chunk)?.pooled]),
        [
          [4_096, true, true],
          [4_096, true, true],
          [1_808, true, true],
        ],
      );
      assert.equal(pool.statistics().inUse, 3);
      for (const chunk of chunks) source.discard(chunk);
      assert.deepEqual([pool.statistics().inUse, pool.statistics().leases], [0, 4]);
      await source.close();
      pool.close();
    });

    it('waits for the pool, and no longer once it is closed', async () => {
      writeFileSync(path, Buffer.alloc(10_000));
      const pool = new Pool('frames', { capacityBytes: 65_536, maxBytes: 65_536, onExhausted: 'wait' });
      const held = pool.lease(65_536);
      const source = new ChunkSource(new FileBytes(path), 4_096, pool);
      const asked = source.next();
      await source.close();
      await assert.rejects(async () => asked, /closed/);
      held.return();
      assert.equal(pool.statistics().inUse, 0);
      pool.close();
    });
  });
});
