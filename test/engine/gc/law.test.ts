import assert from 'node:assert/strict';
import fc from 'fast-check';
import { setKnobs, usualKnobs } from '../../../src/gc/flags';
import { decide, type Stance, type Standing } from '../../../src/gc/law';

const MB = 1_048_576;

/** A Node-RED with 40 MB beside a heap of 60 MB, 50 of them alive. */
const quiet: Standing = {
  target: 1024 * MB,
  used: 100 * MB,
  heapTotal: 60 * MB,
  heapUsed: 55 * MB,
  heapLimit: 2048 * MB,
  live: 50 * MB,
  growth: 0,
  allocationRate: 0,
  collectionSpeed: 0,
  newSpace: 2 * MB,
};

const megabytes = (min: number, max: number) => fc.integer({ min: min * MB, max: max * MB });
const standings: fc.Arbitrary<Standing> = fc
  .record({
    target: megabytes(1, 4096),
    outside: megabytes(-20, 500),
    heapTotal: megabytes(5, 1000),
    liveShare: fc.double({ min: 0.1, max: 1, noNaN: true }),
    heapLimit: megabytes(64, 4096),
    growth: megabytes(-50, 50),
    allocationRate: fc.double({ min: 0, max: 1e6, noNaN: true }),
    collectionSpeed: fc.double({ min: 0, max: 1e7, noNaN: true }),
    newSpace: megabytes(0, 192),
  })
  .map(({ outside, liveShare, ...rest }) => ({
    ...rest,
    used: Math.max(0, rest.heapTotal + outside),
    heapUsed: rest.heapTotal,
    live: rest.heapTotal * liveShare,
  }));
const stances = fc.constantFrom<Stance>('relaxed', 'steady', 'tight', 'over');

describe('decide', () => {
  afterEach(() => {
    setKnobs(usualKnobs());
  });

  it('whatever the standing, its knobs are on the list of safe ones', () => {
    fc.assert(
      fc.property(standings, stances, (standing, before) => void setKnobs(decide(standing, before).knobs)),
    );
  });

  it('the extra heap it allows fits into the room there is', () => {
    fc.assert(
      fc.property(standings, stances, (standing, before) => {
        const { stance, extra, most } = decide(standing, before);
        const room = standing.target - Math.max(0, standing.used - standing.heapTotal) - standing.live;
        if (stance !== 'relaxed') assert.ok(extra <= most && most <= Math.max(0, room));
      }),
    );
  });

  it('where memory is plentiful, V8 is left alone', () => {
    const { stance, knobs } = decide({ ...quiet, target: 8192 * MB }, 'steady');
    assert.equal(stance, 'relaxed');
    assert.deepEqual(knobs, {
      'heap-growing-percent': 0,
      'incremental-marking-hard-trigger': 0,
      'semi-space-growth-factor': 2,
    });
  });

  it('the nearer the budget, the less the heap may grow', () => {
    const percents = [300, 200, 150, 120, 100].map(
      (target) => decide({ ...quiet, target: target * MB }, 'steady').knobs['heap-growing-percent'],
    );
    assert.deepEqual(
      percents,
      [...percents].sort((a, b) => b - a),
    );
    assert.ok((percents[0] ?? 0) > 100 && (percents.at(-1) ?? 100) < 20);
  });

  it('Buffers take from the heap what they need', () => {
    const without = decide({ ...quiet, target: 250 * MB }, 'steady');
    const withBuffers = decide({ ...quiet, target: 250 * MB, used: 180 * MB }, 'steady');
    assert.ok(withBuffers.extra <= without.extra / 2);
  });

  it('where room is short V8 marks in one pause at the limit, else beside the program', () => {
    const trigger = (target: number) =>
      decide({ ...quiet, target: target * MB }, 'steady').knobs['incremental-marking-hard-trigger'];
    assert.ok(trigger(110) > 100);
    assert.equal(trigger(250), 0);
  });

  it('a budget below what is alive is told as such', () => {
    assert.equal(decide({ ...quiet, target: 80 * MB }, 'tight').stance, 'over');
  });

  it('a growing live set is provided for before it is there', () => {
    const still = decide({ ...quiet, target: 200 * MB }, 'steady');
    const growing = decide({ ...quiet, target: 200 * MB, growth: 30 * MB }, 'steady');
    assert.ok(growing.extra < still.extra);
  });

  it('a stance is not left by the amount that led into it', () => {
    fc.assert(
      fc.property(standings, stances, (standing, before) => {
        const entered = decide(standing, before).stance;
        if (entered === before) return;
        assert.equal(decide(standing, entered).stance, entered);
      }),
    );
  });
});
