import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bytes,
  choice,
  choices,
  duration,
  type Field,
  flag,
  Invalid,
  LONGEST_TIMER_MS,
  messageProperty,
  number,
  text,
} from '../../../src/config';

const WORDS = ['self', 'pid', 'name', 'tree'] as const;

/** One field of every kind, and good values for it. */
const KINDS: Record<string, { field: Field<unknown>; good: fc.Arbitrary<unknown> }> = {
  'whole number': {
    field: number({ default: 1, min: 0, max: 1000 }) as Field<unknown>,
    good: fc.integer({ min: 0, max: 1000 }),
  },
  'number with fractions': {
    field: number({ default: 1, min: -5, max: 100, whole: false, unit: '%' }) as Field<unknown>,
    good: fc.double({ min: -5, max: 100, noNaN: true }).map((value) => value + 0),
  },
  'number or 0': {
    field: number({ default: 0, or: 0, min: 10, max: 99 }) as Field<unknown>,
    good: fc.oneof(fc.constant(0), fc.integer({ min: 10, max: 99 })),
  },
  bytes: {
    field: bytes({ default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }) as Field<unknown>,
    good: fc.oneof(
      fc.maxSafeNat(),
      fc.tuple(fc.nat({ max: 4095 }), fc.nat({ max: 4 })).map(([count, power]) => count * 1024 ** power),
    ),
  },
  duration: {
    field: duration({ default: 0, min: 0, max: LONGEST_TIMER_MS }) as Field<unknown>,
    good: fc.oneof(
      fc.nat({ max: LONGEST_TIMER_MS }),
      fc
        .tuple(fc.nat({ max: 24 }), fc.constantFrom(1, 1000, 60_000, 3_600_000, 86_400_000))
        .map(([n, u]) => n * u),
    ),
  },
  choice: { field: choice(WORDS, 'self') as Field<unknown>, good: fc.constantFrom(...WORDS) },
  choices: { field: choices(WORDS, ['self']) as Field<unknown>, good: fc.subarray([...WORDS]) },
  flag: { field: flag(false) as Field<unknown>, good: fc.boolean() },
  text: { field: text({ max: 50 }) as Field<unknown>, good: fc.string({ maxLength: 50 }) },
  'message property': {
    field: messageProperty() as Field<unknown>,
    good: fc.constantFrom(
      'payload',
      'payload.memory',
      'data["rss"]',
      "data['a b'].c",
      'rows[3].value',
      '$x._y',
      'größe',
    ),
  },
};

for (const [kind, { field, good }] of Object.entries(KINDS)) {
  describe(`a field of kind ${kind}`, () => {
    it('never throws, whatever it is handed', () => {
      fc.assert(
        fc.property(anything(), (raw) => {
          field.parse(raw);
        }),
      );
    });

    it('takes its good values as they are', () => {
      fc.assert(fc.property(good, (value) => assert.deepEqual(field.parse(value), value)));
    });

    it('reads back what it shows in a form', () => {
      fc.assert(fc.property(good, (value) => assert.deepEqual(field.parse(field.format(value)), value)));
    });

    it('reads its own result again: parsing twice is parsing once', () => {
      fc.assert(
        fc.property(anything(), (raw) => {
          const value = field.parse(raw);
          if (!(value instanceof Invalid)) assert.deepEqual(field.parse(value), value);
        }),
      );
    });

    it('becomes its default where the value is missing, and the default is good', () => {
      for (const raw of [undefined, null]) assert.deepEqual(field.parse(raw), field.default);
      assert.deepEqual(field.parse(field.default), field.default);
    });

    it('says what it expects', () => {
      assert.match(field.expected, /\w+ \w+/);
    });
  });
}

describe('a number', () => {
  const percent = number({ default: 0, min: 0, max: 100, whole: false, unit: '%' });

  it('is refused when it is NaN, endless, out of range or no number', () => {
    const wrong = [
      Number.NaN,
      Infinity,
      -Infinity,
      'Infinity',
      'NaN',
      -0.1,
      100.1,
      '101',
      'ten',
      ' ',
      true,
      [],
      {},
      5n,
    ];
    for (const raw of wrong) assert(percent.parse(raw) instanceof Invalid, String(raw));
  });

  it('is refused as a fraction where whole numbers are asked for', () => {
    assert(number({ default: 0, min: 0, max: 9 }).parse(1.5) instanceof Invalid);
  });

  it('is read from a text, and is the default for an empty one', () => {
    assert.equal(percent.parse('12.5'), 12.5);
    assert.equal(percent.parse(' 7 '), 7);
    assert.equal(percent.parse(''), 0);
  });
});

describe('a choice', () => {
  it('is refused outside its words, in other letters too', () => {
    const field = choice(WORDS, 'self');
    for (const raw of ['Self', 'self ', 0, true, ['self'], {}]) {
      assert(field.parse(raw) instanceof Invalid, String(raw));
    }
  });

  it('of many comes in the order of the words, each once, from a list or a text', () => {
    const field = choices(WORDS, []);
    assert.deepEqual(field.parse(['tree', 'pid', 'tree']), ['pid', 'tree']);
    assert.deepEqual(field.parse('tree, pid'), ['pid', 'tree']);
    assert.deepEqual(field.parse(''), []);
    for (const raw of ['tree;pid', ['tree', 7], 7, {}]) assert(field.parse(raw) instanceof Invalid);
  });

  it('of yes and no is read from the texts of environment variables', () => {
    assert.equal(flag(false).parse('true'), true);
    assert.equal(flag(true).parse('false'), false);
    for (const raw of ['yes', 1, 0, [], 'TRUE'])
      assert(flag(false).parse(raw) instanceof Invalid, String(raw));
  });
});

describe('a message property', () => {
  it('is refused when it is no path, or leads to what all objects share', () => {
    const wrong = ['1a', 'a.', '.a', 'a..b', 'a b', 'a[', 'a[x]', 'a[""]', 'msg payload', 7, {}];
    const unsafe = ['__proto__', 'a.__proto__.b', 'constructor', 'a["prototype"]', "a['__proto__']"];
    for (const raw of [...wrong, ...unsafe])
      assert(messageProperty().parse(raw) instanceof Invalid, String(raw));
  });

  it('may be named like something that only contains such a word', () => {
    assert.equal(messageProperty().parse('prototypes.constructor_name'), 'prototypes.constructor_name');
  });
});

describe('a text', () => {
  it('is refused when it is too long or no text', () => {
    for (const raw of ['x'.repeat(51), true, [], {}]) assert(text({ max: 50 }).parse(raw) instanceof Invalid);
    assert.equal(text().parse(4711), '4711');
  });
});

/** Any value at all: objects without prototype, throwing getters, symbols, functions, cycles. */
function anything(): fc.Arbitrary<unknown> {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const hostile = {
    get length(): number {
      throw new Error('hostile');
    },
    toString() {
      throw new Error('hostile');
    },
    toJSON() {
      throw new Error('hostile');
    },
  };
  return fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
    fc.string(),
    fc
      .tuple(fc.float(), fc.constantFrom('', ' ', ' MB', 'ms', ' s', 'kb', '%'))
      .map(([n, unit]) => `${n}${unit}`),
    fc.constantFrom<unknown>(cycle, hostile, Symbol('x'), () => 1, -0, [Symbol('x')], new Proxy({}, {})),
  );
}
