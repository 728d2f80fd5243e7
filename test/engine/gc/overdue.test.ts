import assert from 'node:assert/strict';
import { GcWindow } from '../../../src/gc/observe';
import { Overdue } from '../../../src/gc/overdue';

const MB = 1_048_576;

describe('Overdue', () => {
  it('collects once the heap has grown past the most it may, and not before', async () => {
    const overdue = new Overdue();
    const now = performance.now();
    const window = new GcWindow();
    assert.equal(overdue.collectIf(20 * MB, 20 * MB, now), false);
    assert.equal(overdue.collectIf(21 * MB, 20 * MB, now), true);
    await new Promise(setImmediate);
    assert.ok((window.take()?.major ?? 0) >= 1);
    window.close();
    assert.ok(overdue.percent(now + 1000) > 0);
  });

  it('a few megabytes are never worth a full collection', () => {
    assert.equal(new Overdue().collectIf(3 * MB, 0, performance.now()), false);
  });

  it('more than its share of time is never spent: then V8 must do it, until time has passed', () => {
    const overdue = new Overdue();
    const now = performance.now();
    let done = 0;
    while (overdue.collectIf(50 * MB, 20 * MB, now) && done < 10_000) done += 1;
    assert.ok(done >= 1 && done < 10_000);
    assert.equal(overdue.affords(now), false);
    assert.equal(overdue.affords(now + 3_600_000), true);
  });
});
