import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { knobsNow, usualKnobs } from '../../../src/gc/flags';
import { Governor, type GovernorState, type LimitReader } from '../../../src/gc/govern';
import { collect } from '../../../src/gc/trigger';

const MB = 1_048_576;

/** A machine whose limit the test moves: `spare` bytes above what the process uses at each reading. */
function machine(spare: number): LimitReader & { spare: number; closed: number } {
  return {
    spare,
    closed: 0,
    read(rss) {
      return [{ limit: rss + this.spare, used: rss }];
    },
    close() {
      this.closed += 1;
    },
  };
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await sleep(5);
}

describe('Governor', () => {
  let governor: Governor | undefined;

  afterEach(() => {
    governor?.close();
    governor = undefined;
    assert.deepEqual(knobsNow(), usualKnobs());
  });

  it('with plenty of memory it turns nothing and forces nothing', async () => {
    const changes: GovernorState[] = [];
    governor = new Governor({
      limits: machine(16_384 * MB),
      onChange: (state) => changes.push(state),
    });
    await collect({ kind: 'major', execution: 'async' });
    assert.equal(governor.state?.stance, 'relaxed');
    assert.equal(governor.state?.forced, 0);
    assert.deepEqual(knobsNow(), usualKnobs());
    assert.deepEqual(changes, []);
  });

  it('in a small budget it holds the growth of the heap, from one collection of its own', async () => {
    governor = new Governor({ limits: machine(80 * MB), targetPercent: 100 });
    assert.notEqual(governor.state?.stance, 'relaxed');
    assert.ok(knobsNow()['heap-growing-percent'] > 0);
    await until(() => governor?.state?.forced === 1);
  });

  it('when the limit comes nearer it tightens, and when it goes away V8 has its own again', async () => {
    const limits = machine(16_384 * MB);
    governor = new Governor({ limits, targetPercent: 100 });
    limits.spare = 4 * MB;
    await collect({ kind: 'major', execution: 'async' });
    await until(() => governor?.state?.stance === 'tight' || governor?.state?.stance === 'over');
    limits.spare = 16_384 * MB;
    await collect({ kind: 'major', execution: 'async' });
    await until(() => governor?.state?.stance === 'relaxed');
    assert.deepEqual(knobsNow(), usualKnobs());
  });

  it('a budget below what is alive is told, and the share of forced collections stays bounded', async () => {
    governor = new Governor({ budgetBytes: 8 * MB, limits: machine(16_384 * MB) });
    assert.equal(governor.state?.stance, 'over');
    assert.match(governor.state?.reason ?? '', /more than the budget/);
    const end = performance.now() + 1500;
    let kept: object[] = [];
    while (performance.now() < end) {
      for (let i = 0; i < 20_000; i += 1) kept.push({ i });
      if (kept.length > 100_000) kept = [];
      await sleep(1);
    }
    // One collection may overdraw the burst of 600 ms; without a bound dozens would have run.
    const { forced = 0 } = governor.state ?? {};
    assert.ok(forced >= 1 && forced <= 30, `${forced} forced`);
    assert.ok((governor.state?.forcedPercent ?? 100) < 60);
  });

  it('Buffers that nothing holds any more are collected when the budget is near', async () => {
    const limits: LimitReader = {
      read: () => [{ limit: 300 * MB, used: process.memoryUsage().external + 60 * MB }],
      close() {},
    };
    await collect({ kind: 'major', execution: 'async' });
    governor = new Governor({ limits, targetPercent: 100 });
    let peak = 0;
    for (let i = 0; i < 80; i += 1) {
      Buffer.allocUnsafeSlow(10 * MB).fill(1);
      peak = Math.max(peak, process.memoryUsage().external);
      await sleep(2);
    }
    assert.ok(peak < 300 * MB, `${Math.round(peak / MB)} MB`);
  });

  it('what it opened is closed once, its timer keeps no process alive, and no callback comes after', async () => {
    const limits = machine(20 * MB);
    let told = 0;
    const mine = new Governor({ limits, targetPercent: 100, onChange: () => (told += 1) });
    mine.close();
    mine.close();
    const before = told;
    await collect({ kind: 'major', execution: 'async' });
    await sleep(50);
    assert.equal(limits.closed, 1);
    assert.equal(told, before);
  });
});
