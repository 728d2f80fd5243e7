import assert from 'node:assert/strict';
import fc from 'fast-check';
import { config as memorySample } from '../../../nodes/memory-sample/config';
import { ConfigError, choice, defineConfig, describeProblem, duration, number } from '../../../src/config';

interface Range {
  intervalMs: number;
  mode: 'a' | 'b';
  low: number;
  high: number;
}

const range = defineConfig<Range>(
  {
    intervalMs: duration({ default: 10_000, or: 0, min: 10, max: 86_400_000 }),
    mode: choice(['a', 'b'], 'a'),
    low: number({ default: 8, min: 0, max: 100 }),
    high: number({ default: 15, min: 0, max: 100 }),
  },
  [
    ({ low, high }) =>
      low < high ? null : { field: 'high', value: high, expected: `more than low (${low})` },
  ],
);

describe('a configuration', () => {
  it('has defaults that it takes itself', () => {
    assert.deepEqual(range.parse({}), { config: range.defaults, problems: [] });
    assert.deepEqual(range.parse({ ...range.defaults }).config, range.defaults);
  });

  it('passes over properties that are no fields', () => {
    const raw = { id: 'n1', type: 'x', wires: [[]], z: 'tab', low: '3' };
    assert.deepEqual(range.parse(raw).config && Object.keys(range.parseOrThrow(raw)), [
      ...['intervalMs', 'mode', 'low', 'high'],
    ]);
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => !(name in range.fields)),
          fc.anything(),
        ),
        (extra) => {
          assert.deepEqual(range.parse(extra).config, range.defaults);
        },
      ),
    );
  });

  it('never throws, and has either a config or problems, whatever its fields hold', () => {
    fc.assert(
      fc.property(
        fc.record(
          { intervalMs: fc.anything(), mode: fc.anything(), low: fc.anything(), high: fc.anything() },
          { requiredKeys: [] },
        ),
        (raw) => {
          const { config, problems } = range.parse(raw);
          assert.equal(config === null, problems.length > 0);
          for (const problem of problems) assert(describeProblem(problem).startsWith(`${problem.field}: `));
        },
      ),
    );
  });

  it('tells every field that is wrong, not only the first', () => {
    const { problems } = range.parse({ intervalMs: -5, mode: 'c', low: 1.5 });
    assert.deepEqual(
      problems.map(({ field }) => field),
      ['intervalMs', 'mode', 'low'],
    );
  });

  it('checks rules over several fields once each field is good', () => {
    assert.deepEqual(range.parse({ low: 20 }).problems, [
      { field: 'high', value: 15, expected: 'more than low (20)' },
    ]);
    assert.deepEqual(
      range.parse({ low: 20, mode: 'c' }).problems.map(({ field }) => field),
      ['mode'],
    );
  });

  it('checks one field among its neighbours', () => {
    assert.equal(range.check('high', { low: 20 })?.field, 'high');
    assert.equal(range.check('low', { low: 20 }), null);
  });

  it('throws a ConfigError that names field, value and what is expected', () => {
    assert.throws(
      () => range.parseOrThrow({ intervalMs: -5, mode: 'c' }),
      (error) => {
        assert(error instanceof ConfigError && error instanceof TypeError);
        assert.equal(
          error.message,
          'intervalMs: -5 is not valid, expected 0 or 10 ms to 1 d; ' +
            'mode: "c" is not valid, expected one of a, b',
        );
        return true;
      },
    );
  });
});

describe('a problem', () => {
  it('shows any value in a few words, and never throws over it', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const told = [Number.NaN, 5n, 'x'.repeat(500), cycle, Symbol('x'), () => 1, undefined, null, [1, 2]].map(
      (value) => describeProblem({ field: 'f', value, expected: 'e' }),
    );
    const shown = [
      'NaN',
      '5',
      `"${'x'.repeat(59)}…`,
      '[object Object]',
      'symbol',
      'function',
      'undefined',
      'null',
      '[1,2]',
    ];
    assert.deepEqual(
      told,
      shown.map((text) => `f: ${text} is not valid, expected e`),
    );
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
        assert(describeProblem({ field: 'f', value, expected: 'e' }).length < 120);
      }),
    );
  });
});

describe('the interval of memory-sample', () => {
  const EXPECTED = 'expected 0 or 10 ms to 1 d';

  it('is refused with field, value and expectation when negative, NaN, text or absurd', () => {
    const wrong: [unknown, string][] = [
      [-5, '-5'],
      ['-5', '"-5"'],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      ['soon', '"soon"'],
      ['1e99', '"1e99"'],
      [1e99, '1e+99'],
      [5, '5'],
      [86_400_001, '86400001'],
      ['2 d', '"2 d"'],
      [10.5, '10.5'],
      [true, 'true'],
      [[10], '[10]'],
      [{ ms: 10 }, '{"ms":10}'],
    ];
    for (const [intervalMs, shown] of wrong) {
      assert.throws(() => memorySample.parseOrThrow({ intervalMs }), {
        name: 'ConfigError',
        message: `intervalMs: ${shown} is not valid, ${EXPECTED}`,
      });
    }
  });

  it('is taken as a number, as the text of a form, and as 0 for never', () => {
    for (const [raw, intervalMs] of [
      [10, 10],
      ['10 s', 10_000],
      ['1 d', 86_400_000],
      [0, 0],
      ['0', 0],
      ['', 10_000],
    ]) {
      assert.equal(memorySample.parseOrThrow({ intervalMs: raw }).intervalMs, intervalMs);
    }
  });

  it('stands beside a target that needs a value', () => {
    for (const target of ['pid', 'name']) {
      assert.equal(memorySample.parse({ target }).problems[0]?.field, 'targetValue');
      assert.equal(memorySample.parse({ target, targetValue: ' ' }).problems[0]?.field, 'targetValue');
      assert.equal(memorySample.parse({ target, targetValue: '12' }).problems.length, 0);
    }
  });
});
