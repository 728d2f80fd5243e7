import assert from 'node:assert/strict';
import { GcWindow } from '../../../src/gc';
import { Ledger } from '../../../src/ledger';
import { LiveView, StateReader } from '../../../src/report';
import { watchHoldings } from '../../support/resources';

/** Opens a view of this process; `closed` settles when nobody looks any more. */
function setUp(options: { stepMs?: number; leaseMs?: number } = {}): {
  view: LiveView;
  ledger: Ledger;
  opened: () => number;
  closed: Promise<void>;
} {
  const ledger = new Ledger();
  let opened = 0;
  let tell = (): void => {};
  const closed = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const view = new LiveView({
    open() {
      opened += 1;
      return { reader: new StateReader({ ledger, countMessages: true }), close: tell };
    },
    ...options,
  });
  return { view, ledger, opened: () => opened, closed };
}

/** Keeps the process alive while it waits: the view's timer does not. */
async function awake<T>(waiting: Promise<T>): Promise<T> {
  const alive = setInterval(() => {}, 1_000);
  return waiting.finally(() => clearInterval(alive));
}

describe('LiveView', () => {
  it('runs nothing before the first look, and nothing any more when the lease is over', async () => {
    const holdings = watchHoldings();
    const before = await holdings.count();
    const { view, ledger, closed } = setUp({ stepMs: 2, leaseMs: 150 });
    assert.deepEqual(await holdings.count(), before);
    const { state } = view.look();
    assert.equal(state.sample.pid, process.pid);
    assert.deepEqual([view.watched, ledger.counting], [true, true]);
    assert.notDeepEqual(await holdings.count(), before);
    await awake(closed);
    assert.deepEqual([view.watched, ledger.counting], [false, false]);
    assert.deepEqual(await holdings.count(), before);
    holdings.stop();
  });

  it('is renewed by every look, and opened once for however many look', async () => {
    const { view, opened, closed } = setUp({ stepMs: 2, leaseMs: 100 });
    let over = false;
    closed.then(() => {
      over = true;
    });
    const until = Date.now() + 250;
    while (Date.now() < until) {
      view.look();
      view.look();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual([over, opened()], [false, 1]);
    view.close();
  });

  it('sends the history once: all at the first look, then what came since, and all again to another run', async () => {
    const { view } = setUp({ stepMs: 2, leaseMs: 1_000 });
    view.look();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const first = view.look();
    assert.equal(first.whole, true);
    assert.ok(first.history.seconds.time.length > 3);
    const after = first.history.seconds.time.at(-1) ?? 0;
    const { run } = first;
    await new Promise((resolve) => setTimeout(resolve, 10));
    view.deployed();
    const next = view.look({ after, run });
    assert.equal(next.whole, false);
    assert.ok(next.history.seconds.time.every((time) => time > after));
    assert.equal(next.history.deploys.length, 1);
    const all = view.look({ after, run: run - 1 });
    assert.deepEqual(all.history.seconds.time.slice(0, 3), first.history.seconds.time.slice(0, 3));
    assert.equal(view.look({ after: Date.now() + 60_000, run }).whole, true, 'the clock was put back');
    view.close();
  });

  it('keeps the history for who comes back later', async () => {
    const { view } = setUp();
    view.look();
    const { time } = view.history.seconds;
    view.close();
    assert.deepEqual(view.look().history.seconds.time.slice(0, 1), time);
    view.close();
  });

  it('leaves no observer of collections behind when closed twice', () => {
    const { view } = setUp();
    view.look();
    view.close();
    view.close();
    const onlooker = new GcWindow({ passive: true });
    assert.equal(onlooker.take(), null);
    onlooker.close();
  });
});
