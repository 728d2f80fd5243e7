import assert from 'node:assert/strict';
import { HeadroomFeed } from '../../../src/gate';
import type { Sample } from '../../../src/sample/sample';

function feedOf(percent: number | null, low = false) {
  const seen = { percents: [] as (number | null)[], probes: 0, closed: 0 };
  const feed = new HeadroomFeed({
    onHeadroom: (read) => {
      seen.percents.push(read);
      return low;
    },
    probe: {
      ask: async () => {
        seen.probes += 1;
      },
    },
    sampler: {
      sample: () =>
        ({ headroom: percent === null ? null : { bytes: 1, percent, nearest: 'heap' } }) as Sample,
      close: () => {
        seen.closed += 1;
      },
    },
  });
  return { feed, seen };
}

describe('HeadroomFeed', () => {
  it('reads at the first message, and not again at each of a burst', () => {
    const { feed, seen } = feedOf(42);
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

  it('looks for memory that came free only while headroom is low', () => {
    for (const [low, probes] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const { feed, seen } = feedOf(5, low);
      feed.touch();
      feed.stop();
      assert.equal(seen.probes, probes);
    }
  });

  it('gives its sampler back', () => {
    const { feed, seen } = feedOf(5);
    feed.stop();
    assert.equal(seen.closed, 1);
  });
});
