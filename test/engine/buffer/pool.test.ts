import assert from 'node:assert/strict';
import {
  closePool,
  findPool,
  type Lease,
  LeaseError,
  leaseOf,
  openPool,
  Pool,
  PoolExhausted,
  poolStatistics,
} from '../../../src/buffer';
import { ConfigError, type PoolOptions } from '../../../src/config';

const KB = 1024;

describe('a pool', () => {
  const pools: Pool[] = [];

  function make(options: Partial<PoolOptions> = {}): Pool {
    const pool = new Pool('test', options);
    pools.push(pool);
    return pool;
  }

  afterEach(() => {
    for (const pool of pools.splice(0)) pool.close();
  });

  it('leases a buffer of exactly the length asked for, in memory of its own', () => {
    const lease = make().lease(5_000);
    assert.equal(lease.buffer.length, 5_000);
    assert.equal(lease.buffer.byteOffset, 0);
    assert.equal(lease.buffer.buffer.byteLength, 5_120);
    assert.equal(lease.capacity, 5_120);
    assert.equal(leaseOf(lease.buffer.subarray(7)), lease);
  });

  it('reuses returned memory, and leaves old views empty', () => {
    const pool = make();
    const first = pool.lease(8 * KB);
    const view = first.buffer;
    view.fill(7);
    first.release();
    assert.equal(view.length, 0);
    const second = pool.lease(8 * KB);
    assert.equal(second.buffer[0], 7);
    assert.equal(view.length, 0);
    const { leases, returns, misses, reuseRatio, inUse } = pool.statistics();
    assert.deepEqual([leases, returns, misses, reuseRatio, inUse], [2, 1, 1, 0.5, 1]);
  });

  it('zeroes what comes back when told to', () => {
    const pool = make({ zeroOnReturn: true });
    const first = pool.lease(8 * KB);
    Buffer.from(first.memory).fill(7);
    first.release();
    assert.equal(
      Buffer.from(pool.lease(8 * KB).memory).every((byte) => byte === 0),
      true,
    );
  });

  it('keeps a lease until the last hold is let go', () => {
    const lease = make().lease(4 * KB);
    lease.retain();
    lease.release();
    assert.equal(lease.ended, false);
    lease.release();
    assert.equal(lease.ended, true);
  });

  it('refuses a second return, a return after giving up, and a retain after the end, with an error', () => {
    const pool = make();
    const lease = pool.lease(4 * KB);
    lease.return();
    for (const act of [
      () => lease.return(),
      () => lease.release(),
      () => lease.retain(),
      () => lease.giveUp(),
    ]) {
      assert.throws(act, LeaseError);
    }
    assert.equal(pool.statistics().returns, 1);
  });

  it('never reuses what was given up, and leaves its bytes alone', () => {
    const pool = make();
    const lease = pool.lease(4 * KB);
    lease.buffer.fill(9);
    lease.giveUp();
    const next = pool.lease(4 * KB);
    next.buffer.fill(1);
    assert.equal(
      lease.buffer.every((byte) => byte === 9),
      true,
    );
    const { inUse, givenUp, misses } = pool.statistics();
    assert.deepEqual([inUse, givenUp, misses], [1, 1, 2]);
  });

  for (const size of [0, -1, Number.NaN, 1.5, Number.POSITIVE_INFINITY, 2 ** 32]) {
    it(`refuses a size of ${size}, naming it`, () => {
      assert.throws(
        () => make().lease(size),
        (error: Error) =>
          error instanceof ConfigError && error.message.includes(`size: ${size} is not valid`),
      );
    });
  }

  it('serves sizes outside its range unpooled, and counts them', () => {
    const pool = make({ minBytes: 4 * KB, maxBytes: 8 * KB });
    for (const size of [10, 9 * KB]) {
      const lease = pool.lease(size);
      assert.equal(lease.pooled, false);
      assert.equal(lease.buffer.length, size);
      lease.release();
      assert.equal(lease.buffer.length, 0);
    }
    const { unpooled, heldBytes, inUseBytes, returns } = pool.statistics();
    assert.deepEqual([unpooled, heldBytes, inUseBytes, returns], [2, 0, 0, 2]);
  });

  it('keeps leased and idle memory together within its capacity', () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 16 * KB });
    for (const lease of [pool.lease(8 * KB), pool.lease(8 * KB)]) lease.release();
    assert.equal(pool.statistics().heldBytes, 16 * KB);
    const other = pool.lease(5 * KB);
    const { heldBytes, inUseBytes, peakBytes } = pool.statistics();
    assert.ok(
      heldBytes + inUseBytes <= 16 * KB && peakBytes <= 16 * KB,
      JSON.stringify({ heldBytes, inUseBytes }),
    );
    other.release();
  });

  it('allocates beyond the capacity when told to, and drops that memory afterwards', () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'allocate' });
    const [first, second] = [pool.lease(8 * KB), pool.lease(8 * KB)];
    assert.equal(second.pooled, false);
    first.release();
    second.release();
    assert.equal(pool.statistics().heldBytes, 8 * KB);
  });

  it('fails when exhausted and told to, saying how much is leased', () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'fail' });
    pool.lease(8 * KB);
    assert.throws(() => pool.lease(4 * KB), /pool test: 4096 bytes do not fit, 8192 of 8192 are leased/);
  });

  it('serves those who wait in their order, however little the last one needs', async () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'wait' });
    const first = pool.lease(4 * KB);
    const order: string[] = [];
    const big = pool.leaseWhenFree(8 * KB).then((lease) => {
      order.push('big');
      return lease;
    });
    const small = pool.leaseWhenFree(4 * KB).then((lease) => {
      order.push('small');
      return lease;
    });
    assert.throws(() => pool.lease(4 * KB), PoolExhausted);
    first.release();
    (await big).release();
    (await small).release();
    assert.deepEqual(order, ['big', 'small']);
    assert.equal(pool.statistics().waits, 2);
  });

  it('tells who waited too long, and goes on with the next', async () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'wait', maxWaitMs: 5 });
    pool.lease(4 * KB);
    const big = pool.leaseWhenFree(8 * KB);
    pool.configure({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'wait', maxWaitMs: 60_000 });
    const small = pool.leaseWhenFree(4 * KB);
    await assert.rejects(big, /8192 bytes were not free within 5 ms/);
    (await small).release();
  });

  it('stops waiting when the signal aborts or the pool closes', async () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'wait' });
    pool.lease(8 * KB);
    const abort = new AbortController();
    const aborted = pool.leaseWhenFree(4 * KB, abort.signal);
    const waiting = pool.leaseWhenFree(4 * KB);
    abort.abort(new Error('stopped'));
    await assert.rejects(aborted, /stopped/);
    pool.close();
    await assert.rejects(waiting, LeaseError);
  });

  it('gives idle memory back after two trims', () => {
    const pool = make();
    pool.lease(4 * KB).release();
    pool.trim();
    assert.equal(pool.statistics().heldBytes, 4 * KB);
    pool.trim();
    assert.equal(pool.statistics().heldBytes, 0);
  });

  it('keeps what a busy flow uses through any number of trims', () => {
    const pool = make();
    for (let round = 0; round < 10; round += 1) {
      pool.lease(4 * KB).release();
      pool.trim();
    }
    assert.equal(pool.statistics().misses, 1);
  });

  it('takes back what was leased before its capacity was lowered or it was closed, and keeps none of it', () => {
    const pool = make({ maxBytes: 8 * KB, capacityBytes: 32 * KB });
    const leases = [1, 2, 3].map(() => pool.lease(8 * KB));
    pool.configure({ maxBytes: 8 * KB, capacityBytes: 8 * KB, onExhausted: 'fail' });
    assert.throws(() => pool.lease(4 * KB), PoolExhausted);
    (leases.pop() as Lease).release();
    assert.equal(pool.statistics().heldBytes, 0);
    pool.close();
    assert.throws(() => pool.lease(4 * KB), /closed/);
    for (const lease of leases) {
      lease.buffer.fill(1);
      lease.release();
    }
    const { heldBytes, inUseBytes, inUse } = pool.statistics();
    assert.deepEqual([heldBytes, inUseBytes, inUse], [0, 0, 0]);
  });

  it('refuses options that do not fit together, naming the field', () => {
    assert.throws(() => make({ minBytes: 8 * KB, maxBytes: 4 * KB }), /minBytes/);
    assert.throws(() => make({ maxBytes: 8 * KB, capacityBytes: 4 * KB }), /capacityBytes/);
  });

  it('keeps statistics apart by id, across a deploy that changes its options', () => {
    const pool = openPool('id1', 'frames', { capacityBytes: 1024 * KB, maxBytes: 64 * KB });
    const lease = pool.lease(64 * KB);
    closePool('id1', false);
    assert.equal(findPool('id1'), null);
    assert.equal(openPool('id1', 'renamed', { capacityBytes: 64 * KB, maxBytes: 64 * KB }), pool);
    const [statistics] = poolStatistics();
    assert.equal(statistics?.name, 'renamed');
    assert.equal(statistics?.inUseBytes, 64 * KB);
    lease.release();
    closePool('id1', true);
    assert.deepEqual(poolStatistics(), []);
  });
});
