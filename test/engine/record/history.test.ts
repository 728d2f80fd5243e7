import assert from 'node:assert/strict';
import { fromRow } from '../../../src/record/box-sample';
import { whatGrew } from '../../../src/record/growth';
import type { PastRun } from '../../../src/record/header';
import { loopOf, restartsOf } from '../../../src/record/history';

const RULE = { loopRestarts: 3, loopWithinMs: 300_000 };
const short = (cause: string): PastRun => [20, 5, cause];

describe('a restart loop', () => {
  for (const [what, past, restarts] of [
    ['three crashes, each soon after its start', ['crash', 'unknown', 'oom-kill'].map(short), 3],
    ['two crashes', ['crash', 'crash'].map(short), null],
    ['three crashes, the last run having lasted', [short('crash'), short('crash'), [300, 5, 'crash']], null],
    ['a clean stop among them', ['crash', 'clean', 'crash', 'crash'].map(short), null],
    ['four crashes after a clean stop', ['clean', 'crash', 'crash', 'crash', 'crash'].map(short), 4],
    ['clean stops only', ['clean', 'clean', 'clean', 'clean'].map(short), null],
    ['no run before', [], null],
  ] as [string, PastRun[], number | null][]) {
    it(`${restarts === null ? 'is not' : 'is'} seen in ${what}`, () => {
      assert.equal(loopOf(past, RULE)?.restarts ?? null, restarts);
    });
  }

  it('is never seen with 0 restarts', () => {
    assert.equal(loopOf(Array(9).fill(short('crash')), { ...RULE, loopRestarts: 0 }), null);
  });

  it('names its causes and how long it has gone on', () => {
    const loop = loopOf(['crash', 'crash', 'heap-limit'].map(short), RULE);
    assert.deepEqual(loop, { restarts: 3, seconds: 75, causes: ['heap-limit', 'crash'] });
  });
});

describe('restarts', () => {
  it('of the last hour and day are counted by how long runs and breaks lasted', () => {
    const past: PastRun[] = [
      [50_000, 0, 'clean'],
      [80_000, 0, 'crash'],
      [5_000, null, 'crash'],
      [1_000, 600, 'crash'],
    ];
    assert.deepEqual(restartsOf(past, 4), { lastHour: 2, lastDay: 3, more: false });
    assert.deepEqual(restartsOf([[90_000, 0, 'crash'], ...past], 5).lastDay, 3);
    assert.deepEqual(restartsOf([], 0), { lastHour: 0, lastDay: 0, more: false });
    assert.deepEqual(restartsOf([short('crash')], 1), { lastHour: 1, lastDay: 1, more: false });
  });

  it('beyond what a file remembers are said to be more', () => {
    assert.deepEqual(restartsOf(Array(200).fill(short('crash')), 900), {
      lastHour: 145,
      lastDay: 200,
      more: true,
    });
  });
});

describe('what grew', () => {
  const sample = (minute: number, rss: number, external: number | null) => ({
    ...fromRow(0, minute * 60, []),
    ...{ rss, external, heapUsed: 50e6 },
  });

  it('is told by series with its slope, the steepest first, peaks not bending it', () => {
    const samples = Array.from({ length: 60 }, (_, i) => sample(i / 6, 100e6 + i * 1e6, 10e6 + i * 1e5));
    samples[30] = sample(5, 900e6, 15e6);
    const grew = whatGrew(samples);
    assert.deepEqual(
      grew.map(({ series }) => series),
      ['rss', 'external'],
    );
    assert(Math.abs((grew[0]?.bytesPerMinute ?? 0) - 6e6) < 6e4, String(grew[0]?.bytesPerMinute));
    assert.equal(grew[0]?.to, 159e6);
  });

  it('is nothing where figures are missing or too few', () => {
    assert.deepEqual(whatGrew([]), []);
    assert.deepEqual(whatGrew([sample(0, 1, null), sample(1, 2, null)]), []);
  });
});
