import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quantile } from '../../../../src/structure/ring/quantile';
import { Ring } from '../../../../src/structure/ring/ring';
import type { RingView } from '../../../../src/structure/ring/view';
import '../../../support/seed';

type Sample = [time: number, value: number];

const FIELDS = ['value'];
const rows = (view: RingView): number[][] => [...view];

function filled(capacity: number, samples: readonly Sample[]): Ring {
  const ring = new Ring({ capacity, fields: FIELDS });
  for (const [time, value] of samples) ring.push(time, [value]);
  return ring;
}

/** Figures computed anew, in two passes. */
function recomputed(values: readonly number[]) {
  const count = values.length;
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / count;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
  return { count, sum, mean, variance, min: Math.min(...values), max: Math.max(...values) };
}

function assertNear(actual: number | null, expected: number, within: number, what: string): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= within,
    `${what}: ${actual} is not ${expected}`,
  );
}

function assertFigures(ring: Ring, values: readonly number[]): void {
  const figures = ring.moments('value');
  if (values.length === 0) {
    assert.deepEqual([figures.count, figures.sum, figures.min], [0, null, null]);
    return;
  }
  const expected = recomputed(values);
  const size = Math.max(...values.map(Math.abs), 1);
  const plainZero = (number: number | null): number => (number ?? Number.NaN) + 0;
  assert.equal(figures.count, expected.count);
  assert.deepEqual([figures.min, figures.max].map(plainZero), [expected.min, expected.max].map(plainZero));
  assertNear(figures.sum, expected.sum, 1e-12 * size * values.length, 'sum');
  assertNear(figures.mean, expected.mean, 1e-12 * size, 'mean');
  assertNear(figures.variance, expected.variance, 1e-12 * size * size, 'variance');
}

function sortedQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.min(Math.floor(place) + 1, sorted.length - 1)] as number;
  return below === above ? below : below + (above - below) * (place - Math.floor(place));
}

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const command = fc.tuple(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(fc.constant('push' as const), fc.integer({ min: -3, max: 20 }), value),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constant('many' as const), fc.integer({ min: 1, max: 2_000 }), value),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('drop' as const), fc.nat(100), value) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('expire' as const), fc.nat(300), value) },
  ),
  fc.boolean(),
);

/** A ring and the array that it must be like. */
class Twins {
  time = 0;
  readonly array: Sample[] = [];
  readonly ring: Ring;

  constructor(private readonly capacity: number) {
    this.ring = new Ring({ capacity, fields: FIELDS });
  }

  push(step: number, pushed: number): void {
    this.time += step;
    this.ring.push(this.time, [pushed]);
    this.array.push([this.time, pushed]);
    if (this.array.length > this.capacity) this.array.shift();
  }

  many(count: number, size: number): void {
    for (let i = 0; i < count; i++) this.push(i % 3, Math.sin(i) * size);
  }

  drop(count: number): void {
    this.ring.drop(count);
    this.array.splice(0, count);
  }

  expire(age: number): void {
    this.ring.expire(this.time - age);
    while (this.array[0] && this.array[0][0] < this.time - age) this.array.shift();
  }
}

describe('a ring', () => {
  it('holds what an array holds that drops its oldest, whatever is done to it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(63, 64, 65, 128, 300, 4097)),
        fc.array(command, { maxLength: 60 }),
        (capacity, commands) => {
          const twins = new Twins(capacity);
          const { ring, array } = twins;
          const assertSame = (): void =>
            assertFigures(
              ring,
              array.map(([, each]) => each),
            );
          for (const [[what, amount, size], asked] of commands) {
            twins[what](amount, size);
            assert.equal(ring.count, array.length);
            if (asked) assertSame();
          }
          assertSame();
          assert.deepEqual(rows(ring.all()), array);
          assert.deepEqual(rows(ring.last(7)), array.slice(-7));
          const [from, to] = [twins.time - 30, twins.time - 5];
          assert.deepEqual(
            rows(ring.between(from, to)),
            array.filter(([each]) => each >= from && each <= to),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of a hundred thousand that has gone round often tells the same as one made anew', () => {
    const ring = new Ring({ capacity: 100_000, fields: FIELDS });
    const all: number[] = [];
    for (let i = 0; i < 345_678; i++) {
      all.push(1e6 + 1e4 * Math.sin(i / 1000) + ((i * 7919) % 101));
      ring.push(i, [all[i] as number]);
    }
    assertFigures2(ring, all.slice(-100_000));
  });

  it('tells the variance of numbers far from zero as well as of numbers near it', () => {
    const ring = new Ring({ capacity: 1000, fields: FIELDS });
    // A spike that leaves the window must leave no trace.
    ring.push(0, [1e15]);
    for (let i = 0; i < 1000; i++) ring.push(i, [1.7e12 + (i % 2)]);
    const { variance, mean, max } = ring.moments('value');
    assert.deepEqual([mean, max], [1.7e12 + 0.5, 1.7e12 + 1]);
    assertNear(variance, 0.25, 1e-12, 'variance');
  });

  it('keeps gaps in the window and out of the figures', () => {
    const ring = new Ring({ capacity: 5, fields: ['a', 'b'] });
    for (let i = 0; i < 7; i++) ring.push(i, [i, i % 2 ? i : Number.NaN]);
    assert.deepEqual([...ring.all().column('b')], [Number.NaN, 3, Number.NaN, 5, Number.NaN]);
    const { count, sum, min } = ring.moments('b');
    assert.deepEqual([count, sum, min], [2, 8, 3]);
    assert.equal(ring.moments('a').sum, 20);
  });

  it('shows its own memory, in one part or two', () => {
    const ring = filled(
      20,
      Array.from({ length: 30 }, (_, i) => [i, 10 * i]),
    );
    const parts = ring.all().parts('value');
    assert.deepEqual(
      parts.map((part) => part.length),
      [10, 10],
    );
    assert.equal(parts[0]?.buffer, parts[1]?.buffer);
    assert.equal(ring.last(5).parts('value').length, 1);
    assert.equal(ring.last(0).length, 0);
  });

  it('finds a range also where a clock was set back, and where times are equal', () => {
    const times = [10, 20, 20, 30, 5, 15, 20, 40];
    const ring = filled(
      8,
      times.map((time, i) => [time, i]),
    );
    assert.deepEqual(
      rows(ring.between(15, 20)).map(([, i]) => i),
      [1, 2, 5, 6],
    );
    // The step back has left the window: times are searched again.
    for (const time of [50, 60, 70, 80]) ring.push(time, [0]);
    assert.deepEqual(
      rows(ring.between(15, 20)).map(([time]) => time),
      [15, 20],
    );
    assert.equal(ring.between(20, 15).length, 0);
  });

  it('makes room only when there is something to hold, and gives it back when it has expired', () => {
    const ring = new Ring({ capacity: 100_000, fields: FIELDS });
    assert.ok(ring.bytes < 512, `${ring.bytes}`);
    for (let i = 0; i < 100_000; i++) ring.push(i, [i]);
    assert.ok(ring.bytes <= 17 * 100_000, `${ring.bytes}`);
    for (let time = 90_000; time < 100_000; time += 1000) ring.expire(time);
    for (let i = 0; i < 10; i++) ring.expire(99_990);
    assert.ok(ring.bytes < 2000, `${ring.bytes}`);
    assert.equal(ring.moments('value').min, 99_990);
  });

  it('refuses a capacity that is none, and fields it does not have', () => {
    for (const capacity of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => new Ring({ capacity, fields: FIELDS }), /capacity is .*, expected a whole number/);
    assert.throws(() => new Ring({ capacity: 1, fields: [] }), /fields is empty/);
    const ring = filled(3, [[0, 1]]);
    assert.throws(() => ring.moments('other'), /field other is not known, expected one of value/);
    assert.throws(() => ring.all().column('__proto__'), /column __proto__ is not known/);
  });
});

/** As `assertFigures`, without spreading a hundred thousand arguments. */
function assertFigures2(ring: Ring, values: readonly number[]): void {
  const { count, min, max, mean, variance } = ring.moments('value');
  const expectedMean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const expectedVariance = values.reduce((sum, each) => sum + (each - expectedMean) ** 2, 0) / values.length;
  assert.equal(count, values.length);
  assert.equal(
    min,
    values.reduce((least, each) => Math.min(least, each)),
  );
  assert.equal(
    max,
    values.reduce((most, each) => Math.max(most, each)),
  );
  assertNear(mean, expectedMean, 1e-12 * expectedMean, 'mean');
  assertNear(variance, expectedVariance, 1e-10 * expectedVariance, 'variance');
}

describe('quantiles', () => {
  const doubles = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true, min: 20, max: 21 }),
  );

  it('are those of the sorted numbers, gaps passed over', () => {
    fc.assert(
      fc.property(
        fc.array(doubles, { minLength: 1, maxLength: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1000),
        (values, share, cut) => {
          const withGaps = Float64Array.from(
            values.flatMap((each, i) => (i % 5 ? [each] : [Number.NaN, each])),
          );
          const parts = [withGaps.subarray(0, cut), withGaps.subarray(cut)];
          assert.equal(quantile(parts, values.length, share), sortedQuantile(values, share) + 0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are found among many numbers that are equal, or nearly so', () => {
    for (const value of [
      () => 7,
      (i: number) => (i % 2 ? 1 : 1 + Number.EPSILON),
      (i: number) => 20 + (i % 1000) / 1000,
      (i: number) => (i < 9000 ? -1 : i),
    ]) {
      const values = Array.from({ length: 10_000 }, (_, i) => value(i));
      for (const share of [0, 0.05, 0.5, 0.9, 0.95, 0.999, 1])
        assert.equal(
          quantile([Float64Array.from(values)], values.length, share),
          sortedQuantile(values, share),
        );
    }
  });

  it('of nothing are null', () => {
    assert.equal(quantile([new Float64Array()], 0, 0.5), null);
  });
});
