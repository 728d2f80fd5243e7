import assert from 'node:assert/strict';
import { GcWindow } from '../../../src';
import { collect } from '../../support/collections';

describe('a window on collections', () => {
  const windows: GcWindow[] = [];

  function open(options: ConstructorParameters<typeof GcWindow>[0] = {}): GcWindow {
    const window = new GcWindow(options);
    windows.push(window);
    return window;
  }

  afterEach(() => {
    for (const window of windows.splice(0)) window.close();
  });

  it('counts every one of several collections that are told at once', async () => {
    const window = open();
    window.take();
    await collect('major', 5);
    const figures = window.take();
    assert.equal(figures?.major, 5);
    assert(figures.pauseMs > 0 && figures.maxPauseMs > 0);
    assert(figures.maxPauseMs <= figures.pauseMs);
  });

  it('tells minor collections from major ones', async () => {
    const window = open();
    window.take();
    await collect('minor');
    const figures = window.take();
    assert.deepEqual([figures?.minor, figures?.major], [1, 0]);
  });

  it('counts collections that the observer was told of in between', async () => {
    const window = open();
    window.take();
    await collect();
    await collect();
    assert.equal(window.take()?.major, 2);
  });

  it('starts anew with each reading', async () => {
    const window = open();
    await collect();
    window.take();
    assert.equal(window.take()?.major, 0);
  });

  it('has figures of its own beside another window', async () => {
    const [early, late] = [open(), open()];
    early.take();
    late.take();
    await collect();
    assert.equal(early.take()?.major, 1);
    await collect();
    assert.equal(early.take()?.major, 1);
    assert.equal(late.take()?.major, 2);
  });

  it('counts nothing from before it was opened', async () => {
    open();
    await collect();
    const late = open();
    assert.equal(late.take()?.major, 0);
  });

  it('sees nothing when it is passive and alone', async () => {
    const window = open({ passive: true });
    await collect();
    assert.equal(window.take(), null);
    assert.equal(window.liveHeap, null);
  });

  it('sees what others see when it is passive, as long as they look', async () => {
    const passive = open({ passive: true });
    const active = open();
    passive.take();
    await collect();
    assert.equal(passive.take()?.major, 1);
    assert(passive.liveHeap !== null);
    active.close();
    await collect();
    assert.equal(passive.take(), null);
    assert.equal(passive.liveHeap, null);
  });

  it('knows the live heap after a major collection, and not the garbage before', async () => {
    const window = open();
    assert.equal(window.liveHeap, null);
    let garbage: unknown[] | null = Array.from({ length: 200_000 }, (_, i) => ({ i }));
    const full = process.memoryUsage().heapUsed;
    assert.equal(garbage.length, 200_000);
    garbage = null;
    await collect();
    assert(window.liveHeap !== null && window.liveHeap < full - 5_000_000);
  });

  it('ends with its close, and the observer with the last close', () => {
    const [first, second] = [open(), open()];
    first.close();
    first.close();
    assert.notEqual(second.take(), null, 'closing one twice takes nothing from the other');
    second.close();
    assert.equal(open({ passive: true }).take(), null);
  });

  it('observes again after all were closed', async () => {
    open().close();
    const window = open();
    assert.equal(window.liveHeap, null);
    await collect();
    assert.equal(window.take()?.major, 1);
    assert(window.liveHeap !== null);
  });

  it('counts nothing more once it is closed', async () => {
    const closed = open();
    closed.take();
    closed.close();
    open();
    await collect();
    assert.equal(closed.take()?.major, 0);
  });
});
