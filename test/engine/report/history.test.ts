import assert from 'node:assert/strict';
import { History } from '../../../src/report/history';
import type { ProcessFigures } from '../../../src/report/shape';

const MB = 2 ** 20;

function sample(overrides: Partial<ProcessFigures> = {}): ProcessFigures {
  return {
    pid: 1,
    uptimeSeconds: 1,
    rss: 100 * MB,
    heapTotal: 60 * MB,
    heapUsed: 50 * MB,
    external: 2 * MB,
    arrayBuffers: MB,
    heapLimit: 512 * MB,
    liveHeap: null,
    gc: { minor: 2, major: 1, pauseMs: 3, maxPauseMs: 2 },
    container: { limit: 256 * MB, workingSet: 120 * MB, oomKills: 0 },
    system: { total: 1024 * MB, available: 512 * MB },
    headroom: { bytes: 136 * MB, percent: 53, nearest: 'container' },
    ...overrides,
  };
}

describe('History', () => {
  it('tells columns of figures, null where one is not known, and the rss at which the nearest outer limit is met', () => {
    const history = new History();
    history.push(1_000, sample());
    history.push(2_000, sample({ rss: null, gc: null, headroom: null, container: null }));
    const { time, columns } = history.after(0).seconds;
    assert.deepEqual(time, [1_000, 2_000]);
    assert.deepEqual(columns.rss, [100 * MB, null]);
    assert.deepEqual(columns.liveHeap, [null, null]);
    assert.deepEqual(columns.major, [1, null]);
    assert.deepEqual(columns.rssLimit, [236 * MB, null]);
    assert.deepEqual(columns.headroom, [136 * MB, null]);
  });

  it('keeps five minutes by the second and two hours by 15 s, in which no collection is lost', () => {
    const history = new History();
    const hours = 3;
    for (let second = 0; second < hours * 3_600; second += 1) history.push(second * 1_000, sample());
    const { seconds, quarters } = history.after(0);
    assert.equal(seconds.time.length, 300);
    assert.equal(quarters.time.length, 480);
    assert.equal((quarters.time[1] ?? 0) - (quarters.time[0] ?? 0), 15_000);
    assert.deepEqual(new Set(quarters.columns.major), new Set([15]));
  });

  it('keeps the last fifty deploys, and tells those after a moment', () => {
    const history = new History();
    for (let i = 1; i <= 80; i += 1) history.deployed(i);
    assert.equal(history.after(0).deploys.length, 50);
    assert.deepEqual(history.after(78).deploys, [79, 80]);
  });
});
