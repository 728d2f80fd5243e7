import assert from 'node:assert/strict';
import { type Lease, LeaseError, Pool, PoolExhausted } from '../../../src/buffer';
import type { PoolOptions } from '../../../src/config';

const KB = 1024;
const OPERATIONS = 100_000;

/** A small seeded generator (xorshift32), so that a failure can be played again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

interface Hand {
  lease: Lease;
  view: Buffer;
  pattern: number;
}

describe('a buffer is never in two hands', () => {
  const scratch = Buffer.alloc(64 * KB);

  function assertUntouched({ view, pattern, lease }: Hand): void {
    const expected = scratch.subarray(0, view.length);
    expected.fill(pattern);
    assert.equal(view.length, lease.bytes, 'a hand that holds a lease sees all of it');
    assert.ok(view.equals(expected), `lease ${lease.id} shows bytes of another`);
  }

  for (const seed of [1, 20_261_123]) {
    it(`through ${OPERATIONS} random operations (seed ${seed})`, () => {
      const next = random(seed);
      const options: Partial<PoolOptions> = { maxBytes: 32 * KB, capacityBytes: 512 * KB };
      const pool = new Pool('hands', options);
      /** One per branch: a lease that fanned out has several. */
      const hands: Hand[] = [];
      const ended: Hand[] = [];
      /** Given up: whoever still has the view may use it for ever. */
      const keepsakes: Hand[] = [];
      let leases = 0;
      const remove = (): Hand | undefined => hands.splice(next(hands.length || 1), 1)[0];
      /** Takes a lease out of every hand. */
      const take = (lease: Lease): Hand[] => {
        const taken = hands.filter((hand) => hand.lease === lease);
        hands.splice(0, hands.length, ...hands.filter((hand) => hand.lease !== lease));
        return taken;
      };
      const operations: (() => void)[] = [
        function lease() {
          try {
            const lease = pool.lease(1 + next(40 * KB));
            const pattern = 1 + (leases % 255);
            leases += 1;
            lease.buffer.fill(pattern);
            hands.push({ lease, view: lease.buffer, pattern });
          } catch (error) {
            assert.ok(error instanceof PoolExhausted || pool.closed);
          }
        },
        function fanOut() {
          const hand = hands[next(hands.length || 1)];
          if (!hand || hands.length > 200) return;
          hand.lease.retain();
          hands.push({ ...hand, view: Buffer.from(hand.view.buffer, 0, hand.view.length) });
        },
        function done() {
          const hand = remove();
          if (!hand) return;
          assertUntouched(hand);
          hand.lease.release();
          if (hand.lease.ended) ended.push(hand);
        },
        function returnNow() {
          const hand = remove();
          if (!hand) return;
          assertUntouched(hand);
          hand.lease.return();
          ended.push(hand, ...take(hand.lease));
        },
        function secondReturn() {
          const hand = ended[next(ended.length || 1)];
          if (!hand) return;
          assert.equal(hand.view.length, 0, 'a stale view is empty');
          assert.throws(() => hand.lease.return(), LeaseError);
        },
        function drop() {
          const hand = remove();
          if (!hand) return;
          hand.lease.giveUp();
          take(hand.lease);
          keepsakes.push(hand);
          const oldest = keepsakes.length > 20 ? keepsakes.shift() : undefined;
          if (oldest) assertUntouched(oldest);
        },
        function look() {
          const hand = hands[next(hands.length || 1)];
          if (hand) assertUntouched(hand);
        },
        function redeploy() {
          if (next(50) > 0) return;
          const capacityBytes = (32 + next(1_000)) * KB;
          const onExhausted = next(2) ? 'allocate' : 'fail';
          if (next(2)) pool.close();
          pool.configure({ ...options, capacityBytes, onExhausted });
        },
        function trim() {
          if (next(20) === 0) pool.trim(Date.now() + next(2) * 60_000);
        },
      ];
      for (let count = 0; count < OPERATIONS; count += 1) {
        // Leasing more often than the rest keeps hands full.
        operations[next(operations.length + 2) % operations.length]?.();
        if (ended.length > 1_000) ended.splice(0, 500);
        const { inUseBytes, heldBytes } = pool.statistics();
        assert.ok(inUseBytes >= 0 && heldBytes >= 0);
      }
      for (const hand of [...hands, ...keepsakes]) assertUntouched(hand);
      for (const hand of hands.splice(0)) hand.lease.release();
      const { inUse, inUseBytes, leases: counted, returns, givenUp } = pool.statistics();
      assert.deepEqual([inUse, inUseBytes, counted], [0, 0, returns + givenUp]);
      assert.equal(counted, leases);
      pool.close();
    }).timeout(120_000);
  }
});
