import assert from 'node:assert/strict';
import { leaseOf } from '../../src';
import { errorOf, type Nodes, restart, startPool, statistics, through, unload } from './pool-flow';

describe('memory-pool', () => {
  let node: Nodes;

  afterEach(unload);

  it('serves what is larger than the pool takes, and counts it', async () => {
    node = await startPool({}, { maxBytes: 8_192 });
    const msg = await through(node('lease'), node('out'), { payload: Buffer.alloc(9_000) });
    assert.equal((msg.lease as { pooled: boolean }).pooled, false);
    assert.equal(statistics()?.unpooled, 1);
  });

  it('fails when the pool is exhausted and told to', async () => {
    node = await startPool(
      {},
      { autoReturn: false, maxBytes: 8_192, capacityBytes: 8_192, onExhausted: 'fail' },
    );
    await through(node('lease'), node('out'), { payload: Buffer.alloc(8_000) });
    assert.match(await errorOf(node('lease'), { payload: Buffer.alloc(8_000) }), /8000 bytes do not fit/);
  });

  it('lets a message wait for a buffer, and tells when it waited too long', async () => {
    node = await startPool(
      {},
      { autoReturn: false, maxBytes: 8_192, capacityBytes: 8_192, onExhausted: 'wait', maxWaitMs: 30 },
    );
    const first = await through(node('lease'), node('out'), { payload: Buffer.alloc(8_000) });
    assert.match(await errorOf(node('lease'), { payload: Buffer.alloc(8_000) }), /not free within 30 ms/);
    const second = through(node('lease'), node('out'), { payload: Buffer.alloc(8_000, 2) });
    leaseOf(first.payload as Buffer)?.return();
    assert.equal(((await second).payload as Buffer)[0], 2);
  });

  it('turns red with an option that is wrong, and lets no message have a buffer', async () => {
    node = await startPool({}, { minBytes: 8_192, maxBytes: 4_096 });
    assert.match(
      await errorOf(node('lease'), { payload: Buffer.alloc(9) }),
      /expected an enabled memory-pool/,
    );
  });

  it('keeps its figures and what is leased when it restarts, and forgets both when it is removed', async () => {
    node = await startPool({}, { autoReturn: false });
    const msg = await through(node('lease'), node('out'), { payload: Buffer.alloc(5_000, 3) });
    await restart();
    assert.equal(statistics(), undefined);
    node = await startPool({}, { autoReturn: false });
    assert.equal(statistics()?.inUse, 1);
    leaseOf(msg.payload)?.return();
    assert.equal(statistics()?.returns, 1);
    await unload();
    node = await startPool({}, { autoReturn: false });
    assert.equal(statistics()?.leases, 0);
  });
});
