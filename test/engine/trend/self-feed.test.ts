import assert from 'node:assert/strict';
import { collect } from '../../../src/gc/trigger';
import { SelfFeed } from '../../../src/trend/self-feed';

interface Reading {
  time: number;
  bytes: number;
  limitBytes: number;
}

/** The reading that one full collection brings. */
async function readOnce(limitBytes = 0): Promise<Reading> {
  let feed: SelfFeed | undefined;
  try {
    return await new Promise<Reading>((resolve) => {
      feed = new SelfFeed({
        limitBytes,
        onReading: (time, bytes, limit) => resolve({ time, bytes, limitBytes: limit }),
      });
      void collect({ kind: 'major', execution: 'sync' });
    });
  } finally {
    feed?.stop();
  }
}

describe('SelfFeed', () => {
  it('reads heap and outside memory after a full collection, whoever asked for it', async () => {
    const { bytes, time, limitBytes } = await readOnce();
    const { heapUsed, external } = process.memoryUsage();
    assert.ok(bytes > heapUsed / 4 && bytes < 2 * (heapUsed + external));
    assert.ok(Math.abs(time - Date.now()) < 60_000);
    assert.ok(limitBytes > bytes);
  });

  it('sees Buffers', async () => {
    const before = await readOnce();
    const kept = Buffer.alloc(64 * 2 ** 20, 1);
    const after = await readOnce();
    assert.ok(after.bytes - before.bytes > 60 * 2 ** 20);
    assert.equal(kept.length, 64 * 2 ** 20);
  });

  it('takes a limit as given', async () => {
    assert.equal((await readOnce(12_345)).limitBytes, 12_345);
  });

  it('reads nothing more once it is stopped', async () => {
    let readings = 0;
    const feed = new SelfFeed({ onReading: () => (readings += 1) });
    feed.stop();
    await collect({ kind: 'major', execution: 'sync' });
    await readOnce();
    assert.equal(readings, 0);
  });
});
