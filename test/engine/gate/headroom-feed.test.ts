import assert from 'node:assert/strict';
import { HeadroomFeed } from '../../../src/gate';
import type { Sample } from '../../../src/sample/sample';

const LIMIT = 100;

/** A feed of a process with a heap limit of 100 bytes; `afterCollection` is what a collection leaves. */
function feedOf(held: number | null, { low = false, afterCollection = held, affordable = true } = {}) {
  const seen = { percents: [] as (number | null)[], asked: 0, confirmed: 0, closed: 0 };
  let bytes = held;
  const feed = new HeadroomFeed({
    closeBelowPercent: 8,
    onHeadroom: (read) => {
      seen.percents.push(read);
      return low;
    },
    probe: {
      ask: async () => {
        seen.asked += 1;
      },
      now: () => {
        if (affordable) seen.confirmed += 1;
        return affordable;
      },
    },
    sampler: {
      sample: () =>
        ({ heapLimit: held === null ? null : LIMIT, container: null, system: null }) as unknown as Sample,
      close: () => {
        seen.closed += 1;
      },
    },
    heap: {
      get bytes() {
        return bytes ?? 0;
      },
      collected: () => {
        bytes = afterCollection;
      },
      close: () => {
        seen.closed += 1;
      },
    },
  });
  return { feed, seen };
}

describe('HeadroomFeed', () => {
  it('reads at the first message, and not again at each of a burst', () => {
    const { feed, seen } = feedOf(58);
    for (let i = 0; i < 1000; i += 1) feed.touch();
    feed.stop();
    assert.ok(seen.percents.length >= 1 && seen.percents.length < 20);
    assert.equal(seen.percents[0], 42);
  });

  it('hands on that the headroom is unknown', () => {
    const { feed, seen } = feedOf(null);
    feed.touch();
    feed.stop();
    assert.deepEqual(seen.percents, [null]);
  });

  it('confirms by a collection what would close gates, and tells what was found', () => {
    const { feed, seen } = feedOf(95, { afterCollection: 60 });
    feed.touch();
    feed.stop();
    assert.equal(seen.confirmed, 1);
    assert.deepEqual(seen.percents, [40]);
  });

  it('believes what it expects where no collection can be paid', () => {
    const { feed, seen } = feedOf(95, { afterCollection: 60, affordable: false });
    feed.touch();
    feed.stop();
    assert.deepEqual(seen.percents, [5]);
  });

  it('confirms nothing while there is enough', () => {
    const { feed, seen } = feedOf(80);
    feed.touch();
    feed.stop();
    assert.equal(seen.confirmed, 0);
  });

  it('looks for memory that came free only while headroom is low', () => {
    for (const [low, asked] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const { feed, seen } = feedOf(95, { low });
      feed.touch();
      feed.stop();
      assert.equal(seen.asked, asked);
    }
  });

  it('gives sampler and heap back', () => {
    const { feed, seen } = feedOf(95);
    feed.stop();
    assert.equal(seen.closed, 2);
  });
});
