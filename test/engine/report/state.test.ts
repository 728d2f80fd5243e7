import assert from 'node:assert/strict';
import { closePool, openPool } from '../../../src/buffer';
import { LeakWatch } from '../../../src/gate';
import { Ledger } from '../../../src/ledger';
import { announceWatch, type RunningWatch, StateReader, watchedKeys, watchStates } from '../../../src/report';

const MB = 2 ** 20;
const LIMIT = 100 * MB;

function watchOf(series: Record<string, (minute: number) => number>): RunningWatch {
  const watch = new LeakWatch<never>({
    detect: { feed: 'probes' },
    gate: {
      whenClosed: 'pass',
      closeBelowPercent: 0,
      openAbovePercent: 0,
      weigh: () => 0,
      pass: () => {},
      divert: () => {},
      drop: () => {},
    },
    onChange: () => {},
    onForget: () => {},
  });
  for (const [key, bytesAt] of Object.entries(series)) {
    for (let minute = 0; minute < 60; minute += 1) watch.read(key, minute * 60_000, bytesAt(minute), LIMIT);
  }
  return watch;
}

const steady = (): number => 20 * MB;
const slow = (minute: number): number => (20 + minute / 2) * MB;
const fast = (minute: number): number => (20 + minute) * MB;

describe('the register of running watches', () => {
  const retract: (() => void)[] = [];

  afterEach(() => {
    for (const each of retract.splice(0)) each();
    assert.deepEqual([watchStates(10), watchedKeys()], [[], 0]);
  });

  it('tells what leaks before what is well, and first what reaches its limit first, with the node that watches', () => {
    retract.push(
      announceWatch({ id: 'n1', type: 'leak-watch', name: 'gateway' }, watchOf({ self: slow })),
      announceWatch({ id: 'n2', type: 'leak-watch' }, watchOf({ pump: steady, valve: fast })),
    );
    assert.deepEqual(
      watchStates(10).map(({ id, name, key, state }) => [id, name, key, state]),
      [
        ['n2', '', 'valve', 'leaking'],
        ['n1', 'gateway', 'self', 'leaking'],
        ['n2', '', 'pump', 'healthy'],
      ],
    );
    assert.equal(watchedKeys(), 3);
  });

  it('keeps to the number asked for, and looks at no more than 200 keys of a watch that has thousands', () => {
    let asked = 0;
    const keys = Array.from({ length: 5_000 }, (_, i) => `device-${i}`);
    const watch = watchOf({ self: steady });
    retract.push(
      announceWatch(
        { id: 'n1', type: 'leak-watch' },
        {
          size: keys.length,
          keys: () => keys,
          leaking: () => ['device-4999'],
          report(key) {
            asked += 1;
            return { ...watch.report('self'), key, state: key === 'device-4999' ? 'leaking' : 'healthy' };
          },
        },
      ),
    );
    const states = watchStates(3);
    assert.equal(states.length, 3);
    assert.equal(states[0]?.key, 'device-4999');
    assert.equal(asked, 200);
    assert.equal(watchedKeys(), 5_000);
  });
});

describe('StateReader', () => {
  it('tells of process, pools and watches in plain data that goes through JSON unchanged', () => {
    openPool('p1', 'frames');
    const retract = announceWatch({ id: 'n1', type: 'leak-watch' }, watchOf({ self: fast }));
    const reader = new StateReader({ ledger: new Ledger() });
    try {
      const state = reader.read();
      assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
      assert.equal(state.sample.pid, process.pid);
      assert.ok((state.sample.headroom?.bytes ?? 0) > 0);
      assert.deepEqual(
        state.pools.map(({ id, name }) => [id, name]),
        [['p1', 'frames']],
      );
      assert.deepEqual(
        state.watches.map(({ id, state }) => [id, state]),
        [['n1', 'leaking']],
      );
      assert.equal(state.inFlight, null, 'nothing counts messages');
    } finally {
      reader.close();
      retract();
      closePool('p1', true);
    }
  });

  it('has messages counted while it is open, and not a moment longer', () => {
    const ledger = new Ledger();
    const reader = new StateReader({ ledger, countMessages: true });
    assert.deepEqual([ledger.counting, reader.read().inFlight], [true, []]);
    reader.close();
    assert.equal(ledger.counting, false);
  });
});
