import assert from 'node:assert/strict';
import { LeakWatch, type LeakWatchOptions, type WatchReport } from '../../../src/gate';

const MB = 2 ** 20;
const LIMIT = 100 * MB;

interface Setup {
  watch: LeakWatch<string>;
  changes: WatchReport[];
  passed: string[];
  dropped: string[];
  forgotten: string[];
}

function setUp(gate: Partial<LeakWatchOptions<string>['gate']> = {}, maxKeys = 100): Setup {
  const seen = {
    changes: [] as WatchReport[],
    passed: [] as string[],
    dropped: [] as string[],
    forgotten: [] as string[],
  };
  const watch = new LeakWatch<string>({
    detect: { feed: 'probes', maxKeys },
    gate: {
      whenClosed: 'drop',
      closeBelowPercent: 8,
      openAbovePercent: 15,
      weigh: (text) => text.length,
      pass: (text) => seen.passed.push(text),
      divert: () => assert.fail('nothing is to be diverted'),
      drop: (text) => seen.dropped.push(text),
      ...gate,
    },
    onChange: (report) => seen.changes.push(report),
    onForget: (key) => seen.forgotten.push(key),
  });
  return { watch, ...seen };
}

/** A series that climbs in small steps from 20 to 90 MB within an hour. */
function leak(watch: LeakWatch<string>, key: string): void {
  for (let i = 0; i < 60; i += 1) watch.read(key, i * 60_000, (20 + (70 * i) / 60) * MB, LIMIT);
}

describe('LeakWatch', () => {
  it('closes the gate of the key that leaks, and tells each change once', () => {
    const { watch, changes, passed, dropped } = setUp();
    leak(watch, 'a');
    for (let i = 0; i < 60; i += 1) watch.read('b', i * 60_000, 20 * MB, LIMIT);
    watch.gates.offer('a', 'one');
    watch.gates.offer('b', 'two');
    assert.deepEqual([passed, dropped], [['two'], ['one']]);
    const states = changes.filter(({ key }) => key === 'a').map(({ state }) => state);
    assert.equal(states.at(-1), 'leaking');
    assert.equal(new Set(states).size, states.length);
    assert.deepEqual(watch.leaking(), ['a']);
  });

  it('reports evidence, gate and counts together', () => {
    const { watch } = setUp();
    leak(watch, 'a');
    watch.gates.offer('a', 'one');
    const report = watch.report('a');
    assert.equal(report.gate, 'closed');
    assert.equal(report.closedBy, 'leaking');
    assert.equal(report.dropped, 1);
    assert.equal(report.limitBytes, LIMIT);
    assert.deepEqual(report.suspects, []);
    assert.ok(report.bytesPerHour && Math.abs(report.bytesPerHour - 70 * MB) < 3 * MB);
    assert.ok(report.secondsToLimit && report.secondsToLimit > 0);
    assert.match(report.reason, /MB/);
  });

  it('tells of a key without a reading that it is still learning', () => {
    const { state, gate, samples, time } = setUp().watch.report('new');
    assert.deepEqual([state, gate, samples], ['learning', 'open', 0]);
    assert.ok(Math.abs(time - Date.now()) < 60_000);
  });

  it('tells of a gate that low headroom closes, with the cause in the reason', () => {
    const { watch, changes } = setUp();
    watch.gates.offer('a', 'one');
    assert.equal(watch.setHeadroom(5), true);
    assert.equal(watch.setHeadroom(5), true);
    assert.equal(watch.setHeadroom(50), false);
    assert.deepEqual(
      changes.map(({ gate, closedBy }) => [gate, closedBy]),
      [
        ['closed', 'headroom'],
        ['open', null],
      ],
    );
    assert.match(changes[0]?.reason ?? '', /little headroom/);
  });

  it('obeys open, close and auto, and forgets on reset', () => {
    const { watch } = setUp();
    leak(watch, 'a');
    assert.equal(watch.control('a', 'open').gate, 'open');
    assert.equal(watch.control('a', 'auto').gate, 'closed');
    const { state, gate, samples } = watch.control('a', 'reset');
    assert.deepEqual([state, gate, samples], ['learning', 'open', 0]);
    assert.equal(watch.control('a', 'close').closedBy, 'control');
    assert.deepEqual(watch.leaking(), []);
  });

  it('goes on where its predecessor stopped: still leaking, still closed, counts kept', () => {
    const first = setUp();
    leak(first.watch, 'a');
    first.watch.gates.offer('a', 'one');
    const state = first.watch.stop();
    const second = setUp();
    second.watch.restore({ ...state, detectors: JSON.parse(JSON.stringify(state.detectors)) });
    const { state: now, gate, dropped } = second.watch.report('a');
    assert.deepEqual([now, gate, dropped], ['leaking', 'closed', 1]);
    assert.deepEqual(second.watch.leaking(), ['a']);
  });

  it('starts anew from what it cannot read', () => {
    for (const detectors of [
      undefined,
      null,
      'text',
      { version: 99 },
      { version: 1, detectors: [['a', { x: 1 }]] },
    ]) {
      const { watch } = setUp();
      watch.restore({ detectors });
      assert.equal(watch.report('a').state, 'learning');
    }
  });

  it('keeps to its number of keys, and tells of each that had to go', () => {
    const { watch, forgotten } = setUp({}, 3);
    for (let i = 0; i < 10; i += 1) watch.read(`k${i}`, 1000, MB, LIMIT);
    assert.equal(watch.size, 3);
    assert.equal(forgotten.length, 7);
    assert.deepEqual(watch.keys(), ['k7', 'k8', 'k9']);
  });

  it('is not shaken by readings that are none', () => {
    const { watch, changes } = setUp();
    for (const bytes of [Number.NaN, -1, Number.POSITIVE_INFINITY]) watch.read('a', 1000, bytes, LIMIT);
    for (const time of [Number.NaN, -5, 0]) watch.read('a', time, MB, LIMIT);
    for (const limit of [Number.NaN, 0, -1, MB / 2]) watch.read('a', 2000, MB, limit);
    assert.deepEqual(
      changes.filter(({ state }) => state === 'leaking'),
      [],
    );
    assert.equal(watch.report('a').gate, 'open');
  });
});
