import assert from 'node:assert/strict';
import { knobsNow, usualKnobs } from '../../../src/gc/flags';
import { Tuner, type TunerOptions, type Tuning } from '../../../src/gc/tune';

const MB = 1_048_576;

describe('Tuner', () => {
  const open: Tuner[] = [];
  function tuner(options: TunerOptions): Tuner {
    const one = new Tuner({
      limits: () => ({ read: (rss) => [{ limit: rss + 8192 * MB, used: rss }], close() {} }),
      ...options,
    });
    open.push(one);
    return one;
  }

  afterEach(() => {
    for (const one of open.splice(0)) one.close();
    assert.deepEqual(knobsNow(), usualKnobs());
  });

  it('a profile turns its knobs, and on close the usual values come back', () => {
    const low = tuner({ profile: 'low-memory' });
    assert.deepEqual(low.tuning.applied, { 'heap-growing-percent': 25 });
    assert.equal(knobsNow()['heap-growing-percent'], 25);
    low.close();
    assert.deepEqual(knobsNow(), usualKnobs());
    low.close();
  });

  it('switching says what is in force now', () => {
    const told: Tuning[] = [];
    const one = tuner({ profile: 'balanced', onChange: (tuning) => told.push(tuning) });
    one.switch('throughput');
    one.switch('off');
    assert.deepEqual(
      told.map(({ profile, applied }) => [profile, applied]),
      [
        ['balanced', { 'heap-growing-percent': 60 }],
        ['throughput', { 'heap-growing-percent': 300 }],
        ['off', {}],
      ],
    );
    assert.deepEqual(knobsNow(), usualKnobs());
  });

  it('of two that disagree, the one more careful with memory wins, whichever came first', () => {
    const fast = tuner({ profile: 'throughput', name: 'fast' });
    const low = tuner({ profile: 'low-memory', name: 'low' });
    assert.equal(knobsNow()['heap-growing-percent'], 25);
    assert.equal(low.tuning.refused, false);
    assert.equal(fast.tuning.refused, true);
    assert.match(
      fast.tuning.reason,
      /low has set low-memory, which is more careful with memory than throughput/,
    );
    assert.deepEqual(fast.tuning.applied, {});
  });

  it('the one that lost is told, and takes over when the winner ends', () => {
    const told: boolean[] = [];
    tuner({ profile: 'throughput', onChange: ({ refused }) => told.push(refused) });
    const low = tuner({ profile: 'low-memory' });
    low.close();
    assert.deepEqual(told, [false, true, false]);
    assert.equal(knobsNow()['heap-growing-percent'], 300);
  });

  it('two that want the same agree', () => {
    const first = tuner({ profile: 'balanced' });
    const second = tuner({ profile: 'balanced' });
    assert.equal(second.tuning.refused, false);
    first.close();
    assert.equal(knobsNow()['heap-growing-percent'], 60);
  });

  it('of two that govern, the smaller budget wins', () => {
    const wide = tuner({ profile: 'govern', budgetBytes: 4096 * MB });
    const narrow = tuner({ profile: 'govern', budgetBytes: 2048 * MB });
    assert.equal(wide.tuning.refused, true);
    assert.equal(narrow.tuning.refused, false);
    assert.equal(narrow.tuning.governor?.stance, 'relaxed');
    assert.equal(wide.tuning.governor, null);
  });

  it('what only counts at start comes as a line to set, computed from the budget', () => {
    const one = tuner({ profile: 'govern', budgetBytes: 180 * MB });
    assert.deepEqual(one.tuning.startOnly, { 'max-old-space-size': 125, 'max-semi-space-size': 2 });
    assert.equal(one.tuning.nodeOptions, '--max-old-space-size=125 --max-semi-space-size=2');
    assert.match(one.tuning.lines?.systemd ?? '', /^\[Service\]\nEnvironment="NODE_OPTIONS=/);
  });
});
