import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LeakDetector, type Verdict } from '../../../src/trend';
import { seeded } from '../../support/leak-series';

const MB = 1024 * 1024;
const LIMIT = 100 * MB;
const MINUTE = 60_000;

/** Feeds `value(i)` each minute; returns the verdicts of all changes. */
function feed(
  detector: LeakDetector,
  from: number,
  count: number,
  value: (i: number) => number,
  limit = LIMIT,
) {
  const changes: Verdict[] = [];
  for (let i = 0; i < count; i++) {
    const change = detector.update((from + i) * MINUTE, value(i), limit);
    if (change) changes.push(change);
  }
  return changes;
}

function noise(seed: number, size = 0.2 * MB): () => number {
  const next = seeded(seed);
  return () => size * next();
}

/** 30 MB and `share` of the limit more per reading. */
function leak(seed: number, perReading = 0.0006) {
  const jitter = noise(seed);
  return (i: number) => 30 * MB + i * perReading * LIMIT + jitter();
}

function leakingDetector(): LeakDetector {
  const detector = new LeakDetector();
  feed(detector, 1, 300, leak(1));
  assert.equal(detector.state, 'leaking');
  return detector;
}

describe('LeakDetector', () => {
  it('learns, suspects and then calls a steady leak leaking, each once', () => {
    const changes = feed(new LeakDetector(), 1, 400, leak(1));
    const states = changes.map(({ state }) => state);
    assert.equal(states.at(-1), 'leaking');
    assert.equal(states.filter((state) => state === 'leaking').length, 1);
    assert.ok(states.length <= 4, states.join(' '));
  });

  it('takes six probes that rise as one for a leak, and not fewer', () => {
    const detector = new LeakDetector({ feed: 'probes' });
    feed(detector, 1, 5, (i) => 30 * MB + i * 4 * MB);
    assert.notEqual(detector.state, 'leaking');
    feed(detector, 6, 2, (i) => 50 * MB + i * 4 * MB);
    assert.equal(detector.state, 'leaking');
  });

  it('is more patient with a steep rise, for it may be a burst', () => {
    const burst = (readings: number): LeakDetector => {
      const detector = new LeakDetector();
      const jitter = noise(5);
      feed(detector, 1, 600, () => 30 * MB + jitter());
      feed(detector, 601, readings, (i) => 30 * MB + i * 0.002 * LIMIT + jitter());
      return detector;
    };
    assert.notEqual(burst(6 * 22).state, 'leaking');
    assert.equal(burst(6 * 34).state, 'leaking');
  });

  it('does not call a cache that fills ever more slowly a leak', () => {
    const jitter = noise(7);
    const changes = feed(
      new LeakDetector(),
      1,
      2400,
      (i) => 30 * MB + 0.2 * LIMIT * (i / 2400) ** 0.5 + jitter(),
    );
    assert.deepEqual(
      changes.filter(({ state }) => state === 'leaking'),
      [],
    );
  });

  it('tells rate, interval, begin, amount and time left of a leak', () => {
    const detector = leakingDetector();
    const verdict = detector.verdict();
    const truth = 0.0006 * LIMIT * 60;
    const { bytesPerHour, low, high, since, secondsToLimit } = verdict;
    assert.ok(bytesPerHour && low && high && since && secondsToLimit);
    assert.ok(Math.abs(bytesPerHour / truth - 1) < 0.05, `${bytesPerHour} for ${truth}`);
    assert.ok(low <= truth && truth <= high);
    assert.ok(Math.abs(verdict.leakedBytes / (0.18 * LIMIT) - 1) < 0.25);
    const left = ((LIMIT - (30 * MB + 300 * 0.0006 * LIMIT)) / truth) * 3600;
    assert.ok(Math.abs(secondsToLimit / left - 1) < 0.1, `${secondsToLimit} for ${left}`);
    assert.equal(verdict.samples, 300);
    assert.equal(verdict.limitBytes, LIMIT);
    assert.match(
      verdict.reason,
      /grows by 3\.\d MB\/h .* since 1970-01-01 .* so far; the limit of 100 MB is reached in/,
    );
    assert.match(verdict.reason, /Not a warm-up/);
  });

  it('stays calm on a flat, noisy series', () => {
    const jitter = noise(2, 3 * MB);
    const changes = feed(new LeakDetector(), 1, 3000, () => 40 * MB + jitter());
    assert.deepEqual(
      changes.map(({ state }) => state),
      ['healthy'],
    );
    assert.equal(changes[0]?.reason, 'No growth that lasts.');
  });

  it('does not call a warm-up that flattens a leak', () => {
    const jitter = noise(3);
    const detector = new LeakDetector();
    const changes = feed(detector, 1, 2000, (i) => 30 * MB + 20 * MB * (1 - Math.exp(-i / 150)) + jitter());
    assert.ok(!changes.some(({ state }) => state === 'leaking'));
    assert.equal(detector.state, 'healthy');
  });

  it('finds a leak behind a warm-up and says so', () => {
    const jitter = noise(4);
    const changes = feed(
      new LeakDetector(),
      1,
      1500,
      (i) => 20 * MB + 25 * MB * (1 - Math.exp(-i / 80)) + i * 0.0002 * LIMIT + jitter(),
    );
    const found = changes.find(({ state }) => state === 'leaking');
    assert.match(found?.reason ?? '', /Not only a warm-up/);
  });

  it('does not call one large allocation a leak', () => {
    const jitter = noise(5);
    const changes = feed(new LeakDetector(), 1, 2000, (i) => (i < 900 ? 30 : 55) * MB + jitter());
    assert.ok(!changes.some(({ state }) => state === 'leaking'));
  });

  it('does not call four large steps a leak', () => {
    const jitter = noise(17);
    const changes = feed(
      new LeakDetector(),
      1,
      1500,
      (i) => (30 + 6 * Math.min(4, Math.floor(i / 100))) * MB + jitter(),
    );
    assert.ok(!changes.some(({ state }) => state === 'leaking'));
  });

  it('sees the leak below the teeth of garbage collections', () => {
    const next = seeded(6);
    const changes = feed(
      new LeakDetector(),
      1,
      1500,
      (i) => 25 * MB + ((i % 17) / 17 + 0.1 * next()) * 15 * MB + i * 0.0002 * LIMIT,
    );
    assert.ok(changes.some(({ state }) => state === 'leaking'));
  });

  it('finds a leak within 40 probes, where it needs more readings without', () => {
    const steps = (i: number) => 30 * MB + i * 0.7 * MB;
    const probing = new LeakDetector({ feed: 'probes' });
    feed(probing, 1, 40, steps);
    assert.equal(probing.state, 'leaking');
    const polling = new LeakDetector();
    feed(polling, 1, 40, steps);
    assert.notEqual(polling.state, 'leaking');
  });

  it('is the quicker the more sensitive it is', () => {
    const needed = (['low', 'normal', 'high'] as const).map((sensitivity) => {
      const changes = feed(new LeakDetector({ sensitivity }), 1, 1000, leak(7));
      return changes.find(({ state }) => state === 'leaking')?.samples ?? Number.POSITIVE_INFINITY;
    });
    assert.deepEqual(
      needed,
      [...needed].sort((a, b) => b - a),
    );
    assert.ok((needed[2] as number) < (needed[0] as number));
  });

  describe('after a leak', () => {
    it('recovers once when the process restarts, and is healthy when it stays flat', () => {
      const detector = leakingDetector();
      const jitter = noise(8);
      const states = feed(detector, 400, 300, () => 12 * MB + jitter()).map(({ state }) => state);
      assert.deepEqual(states, ['recovered', 'healthy']);
    });

    it('recovers when half of the leak is given back', () => {
      const detector = leakingDetector();
      const jitter = noise(9);
      const changes = feed(detector, 400, 60, () => 33 * MB + jitter());
      assert.equal(changes[0]?.state, 'recovered');
      assert.match(changes[0]?.reason ?? '', /given back/);
      assert.equal(changes[0]?.bytesPerHour, null);
      assert.equal(changes[0]?.leakedBytes, 0);
    });

    it('recovers when growth stops, and does not find the same rise again', () => {
      const detector = leakingDetector();
      const jitter = noise(10);
      const top = detector.verdict().leakedBytes + 30 * MB;
      const states = feed(detector, 301, 3000, () => top + jitter()).map(({ state }) => state);
      assert.deepEqual(states, ['recovered', 'healthy']);
    });

    it('finds a second leak after the restart', () => {
      const detector = leakingDetector();
      const second = feed(detector, 400, 400, leak(11, 0.0006)).map(({ state }) => state);
      assert.equal(second.at(0), 'recovered');
      assert.equal(second.at(-1), 'leaking');
    });

    it('stays leaking through pauses and small falls: no flapping', () => {
      const detector = new LeakDetector();
      const jitter = noise(12, 2 * MB);
      const changes = feed(
        detector,
        1,
        1000,
        (i) => 20 * MB + (Math.floor(i / 25) * 25 - (i % 50 === 0 ? 10 : 0)) * 0.0006 * LIMIT + jitter(),
      );
      assert.equal(changes.filter(({ state }) => state === 'leaking').length, 1);
      assert.equal(detector.state, 'leaking');
    });
  });

  describe('bad input', () => {
    const bad: unknown[] = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -1,
      '123',
      null,
      undefined,
      {},
      [],
      true,
      5n,
    ];

    it('refuses and counts values and times that are no finite numbers, and changes nothing', () => {
      const detector = leakingDetector();
      const before = { ...detector.verdict() };
      for (const value of bad) assert.equal(detector.update(500 * MINUTE, value as number, LIMIT), undefined);
      for (const time of bad.filter((value) => value !== -1)) detector.update(time as number, 30 * MB, LIMIT);
      assert.equal(detector.refused, 2 * bad.length - 1);
      assert.deepEqual(detector.verdict(), before);
    });

    it('keeps the last good limit in force when one is missing, zero, negative or no number', () => {
      const detector = leakingDetector();
      let time = 301;
      for (const limit of [...bad, 0]) {
        detector.update(time++ * MINUTE, 48 * MB, limit as number);
        assert.equal(detector.verdict().limitBytes, LIMIT);
      }
      assert.equal(detector.refused, 0);
    });

    it('takes no reading before the first limit', () => {
      const detector = new LeakDetector();
      assert.equal(detector.update(1, 5, 0), undefined);
      assert.deepEqual([detector.samples, detector.refused, detector.verdict().limitBytes], [0, 1, null]);
    });

    it('refuses a late or doubled reading', () => {
      const detector = new LeakDetector();
      detector.update(1000, MB, LIMIT);
      detector.update(1000, MB, LIMIT);
      detector.update(500, MB, LIMIT);
      detector.update(2000, MB, LIMIT);
      detector.update(1500, MB, LIMIT);
      assert.deepEqual([detector.samples, detector.refused], [2, 3]);
    });

    it('goes on when the clock was set back, and still finds the leak', () => {
      const detector = new LeakDetector();
      const value = leak(13);
      feed(detector, 100_000, 150, value);
      feed(detector, 50_000, 250, (i) => value(150 + i));
      assert.equal(detector.refused, 2);
      const verdict = detector.verdict();
      assert.equal(verdict.state, 'leaking');
      const { bytesPerHour } = verdict;
      assert.ok(bytesPerHour && Math.abs(bytesPerHour / (0.0006 * LIMIT * 60) - 1) < 0.1);
      assert.ok(verdict.time && verdict.since && verdict.since < verdict.time);
    });

    it('begins anew after a gap of more than a week', () => {
      const detector = leakingDetector();
      const change = detector.update(300 * MINUTE + 8 * 86_400_000, 50 * MB, LIMIT);
      assert.equal(change?.state, 'learning');
      assert.equal(detector.samples, 301);
    });

    it('reports no time left when the value is above the limit, and still judges by the value', () => {
      const detector = new LeakDetector();
      feed(detector, 1, 600, (i) => 50 * MB + i * 0.1 * MB, 10 * MB);
      const verdict = detector.verdict();
      assert.equal(verdict.state, 'leaking');
      assert.equal(verdict.secondsToLimit, 0);
      assert.match(verdict.reason, /limit of 10 MB is reached\./);
      // 4 MB are 40 % of that limit, but 8 % of what is really used.
      const other = new LeakDetector();
      const jitter = noise(14);
      const changes = feed(other, 1, 600, (i) => 50 * MB + Math.min(4, i * 0.01) * MB + jitter(), 10 * MB);
      assert.ok(!changes.some(({ state }) => state === 'leaking'));
    });

    it('follows a limit that changes', () => {
      const detector = leakingDetector();
      const left = detector.verdict().secondsToLimit ?? 0;
      detector.update(301 * MINUTE, 48 * MB, 2 * LIMIT);
      assert.equal(detector.verdict().limitBytes, 2 * LIMIT);
      assert.ok((detector.verdict().secondsToLimit ?? 0) > left * 2);
    });
  });

  describe('its state', () => {
    it('goes on from JSON exactly as if it had never stopped', () => {
      fc.assert(
        fc.property(
          fc.integer(),
          fc.integer({ min: 1, max: 1200 }),
          fc.constantFrom('polled', 'probes'),
          (seed, cut, how) => {
            const next = seeded(seed);
            const slope = next() * 0.001 * LIMIT;
            const value = (i: number) => (i > 700 ? 15 : 30) * MB + i * slope + next() * 5 * MB;
            const options = { feed: how } as const;
            const whole = new LeakDetector(options);
            feed(whole, 1, cut, value);
            const copy = LeakDetector.fromJSON(JSON.parse(JSON.stringify(whole)), options);
            assert.deepEqual(copy.toJSON(), whole.toJSON());
            for (let i = cut; i < 1300; i++) {
              const bytes = value(i);
              assert.deepEqual(
                copy.update((i + 1) * MINUTE, bytes, LIMIT),
                whole.update((i + 1) * MINUTE, bytes, LIMIT),
              );
            }
            assert.deepEqual(copy.verdict(), whole.verdict());
          },
        ),
        { numRuns: 25 },
      );
    });

    it('is not shared with the detector it was taken from', () => {
      const detector = leakingDetector();
      const state = detector.toJSON();
      const frozen = JSON.stringify(state);
      feed(detector, 301, 200, leak(15));
      feed(LeakDetector.fromJSON(state), 301, 200, leak(16));
      assert.equal(JSON.stringify(state), frozen);
    });

    it('is left aside when it is damaged or of another feed', () => {
      const good = leakingDetector().toJSON();
      const damaged: unknown[] = [
        null,
        undefined,
        'text',
        [],
        {},
        { ...good, version: 2 },
        { ...good, feed: 'probes' },
        { ...good, memory: { ...good.memory, highest: null } },
        { ...good, memory: { ...good.memory, state: 'odd' } },
        { ...good, memory: { ...good.memory, growth: null } },
        { ...good, memory: { ...good.memory, growth: { leak: true } } },
        { ...good, rings: [{}] },
        { ...good, block: [Number.NaN] },
      ];
      for (const state of damaged)
        assert.equal(LeakDetector.fromJSON(state).state, 'learning', JSON.stringify(state)?.slice(0, 60));
    });
  });

  it('never throws and keeps its state bounded, whatever comes', () => {
    const anything = fc.oneof(fc.double(), fc.integer(), fc.anything());
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, anything, anything), { maxLength: 400 }), (readings) => {
        const detector = new LeakDetector({ sensitivity: 'high' });
        for (const [time, bytes, limit] of readings) {
          detector.update(time as number, bytes as number, limit as number);
          const { reason, leakedBytes } = detector.verdict();
          assert.ok(reason.length > 0 && leakedBytes >= 0);
        }
        assert.equal(detector.samples + detector.refused, readings.length);
        assert.ok(JSON.stringify(detector).length < 30_000);
      }),
      { numRuns: 150 },
    );
  });
});
