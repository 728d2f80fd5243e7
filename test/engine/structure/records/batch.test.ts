import assert from 'node:assert/strict';
import { packColumns, RecordBatch, type RecordType, readPacket, toObjects } from '../../../../src';

const SCHEMA = [
  { name: 'ts', type: 'time' },
  { name: 'id', type: 'string' },
  { name: 'value', type: 'f64' },
  { name: 'ok', type: 'bool', optional: true },
] as const;
const GOOD = { ts: 1_790_000_000_000, id: 'a', value: 21.5, ok: true };

function refusal(type: RecordType, value: unknown, length = 4): string {
  const batch = new RecordBatch([{ name: 'v', type, length }]);
  try {
    batch.add({ v: value });
  } catch (error) {
    assert.equal(batch.count, 0);
    return (error as Error).message;
  }
  return '';
}

function kept(type: RecordType, value: unknown, misfit: 'error' | 'saturate' = 'error'): unknown {
  const batch = new RecordBatch([{ name: 'v', type, length: 4 }], { misfit });
  batch.add({ v: value });
  return toObjects(batch)[0]?.v;
}

describe('a batch of records', () => {
  for (const [type, value, expected] of [
    ['f64', undefined, 'v: undefined is not valid, expected a number'],
    ['f64', null, 'v: null is not valid, expected a number'],
    ['f64', '21.5', 'v: "21.5" is not valid, expected a number'],
    ['f64', 1n, 'v: 1 is not valid, expected a number'],
    [
      'f32',
      1e39,
      'v: 1e+39 is not valid, expected a number that 32 bits hold, at most 3.4028234663852886e+38',
    ],
    ['u8', 256, 'v: 256 is not valid, expected a whole number from 0 to 255'],
    ['u8', -1, 'v: -1 is not valid, expected a whole number from 0 to 255'],
    ['i8', 1.5, 'v: 1.5 is not valid, expected a whole number from -128 to 127'],
    ['i16', Number.NaN, 'v: NaN is not valid, expected a whole number from -32768 to 32767'],
    ['i32', Infinity, 'v: Infinity is not valid, expected a whole number from -2147483648 to 2147483647'],
    [
      'i64',
      2n ** 63n,
      'v: 9223372036854775808 is not valid, expected a BigInt or whole number from -9223372036854775808 to 9223372036854775807',
    ],
    ['u64', -1, 'v: -1 is not valid, expected a BigInt or whole number from 0 to 18446744073709551615'],
    ['u64', 0.5, 'v: 0.5 is not valid, expected a BigInt or whole number from 0 to 18446744073709551615'],
    [
      'time',
      '2026-01-01',
      'v: "2026-01-01" is not valid, expected a Date or a whole number of milliseconds since the epoch',
    ],
    [
      'time',
      new Date('x'),
      'v: null is not valid, expected a Date or a whole number of milliseconds since the epoch',
    ],
    ['bool', 1, 'v: 1 is not valid, expected true or false'],
    ['string', 5, 'v: 5 is not valid, expected a text'],
    ['fixed', 'ääx', 'v: "ääx" is not valid, expected a text of at most 4 bytes in UTF-8'],
  ] as const) {
    it(`refuses ${typeof value} ${String(value)} for ${type}, with the reason`, () => {
      assert.equal(refusal(type, value), expected);
    });
  }

  for (const [type, value, expected] of [
    ['u8', 300, 255],
    ['u8', -5, 0],
    ['i32', -1e10, -(2 ** 31)],
    ['i64', 2n ** 70n, 2n ** 63n - 1n],
    ['u64', -1, 0n],
    ['f32', -1e300, -3.4028234663852886e38],
    ['time', 1e17, 8.64e15],
  ] as const) {
    it(`takes ${value} for ${type} as ${expected} where the nearest is asked for`, () => {
      assert.equal(kept(type, value, 'saturate'), expected);
    });
  }

  for (const [type, value] of [
    ['u8', Number.NaN],
    ['u8', 1.5],
    ['u8', Infinity],
    ['i64', Number.NaN],
    ['fixed', 'too long'],
  ] as const) {
    it(`refuses ${value} for ${type} even where the nearest is asked for`, () => {
      assert.throws(() => kept(type, value, 'saturate'), /is not valid/);
    });
  }

  it('takes BigInts for whole numbers, whole numbers for 64 bits, and dates for times', () => {
    assert.equal(kept('i8', -5n), -5);
    assert.equal(kept('u64', 2 ** 60), 2n ** 60n);
    assert.equal(kept('time', new Date(1_790_000_000_000)), 1_790_000_000_000);
  });

  it('keeps nothing of a list with one record that does not fit, and says which', () => {
    const batch = new RecordBatch(SCHEMA);
    batch.add(GOOD);
    const bad = [GOOD, { ...GOOD, id: 'b' }, { ...GOOD, id: 'c', extra: 1, value: 'high' }];
    assert.throws(() => batch.addAll(bad), {
      name: 'RecordError',
      message: 'record 2, value: "high" is not valid, expected a number',
    });
    assert.deepEqual(toObjects(batch), [GOOD]);
    assert.deepEqual(batch.columns[1]?.texts, ['a']);
    assert.deepEqual(batch.extra, { fields: 0, names: [] });
  });

  it('counts fields that it leaves out, and names them', () => {
    const batch = new RecordBatch(SCHEMA);
    batch.addAll([GOOD, { ...GOOD, unit: 'C' }, { ...GOOD, unit: 'C', room: 1 }]);
    assert.deepEqual(batch.extra, { fields: 3, names: ['unit', 'room'] });
    assert.deepEqual(toObjects(batch), [GOOD, GOOD, GOOD]);
  });

  it('refuses fields that are not in the schema where asked to', () => {
    const batch = new RecordBatch(SCHEMA, { extraFields: 'error' });
    assert.throws(
      () => batch.add({ ...GOOD, unit: 'C' }),
      /^RecordError: unit: "C" is not valid, expected no such field/,
    );
    assert.equal(batch.count, 0);
  });

  it('does not take for a value what every object inherits', () => {
    const batch = new RecordBatch([{ name: 'toString', type: 'string', optional: true }]);
    batch.addAll([{}, { toString: 'own' }]);
    assert.deepEqual(
      toObjects(batch).map((record) => record.toString),
      [null, 'own'],
    );
  });

  for (const record of [null, undefined, 5, 'text', [GOOD], true]) {
    it(`refuses ${JSON.stringify(record)} in the place of a record`, () => {
      assert.throws(
        () => new RecordBatch(SCHEMA).add(record),
        /expected an object with the fields of the schema/,
      );
    });
  }

  it('takes columns, and refuses columns of unequal length', () => {
    const batch = new RecordBatch(SCHEMA);
    const columns = { ts: Float64Array.of(1, 2), id: ['a', 'b'], value: [1.5, -0], ok: [true, null] };
    batch.addColumns(columns);
    assert.deepEqual(toObjects(batch), [
      { ts: 1, id: 'a', value: 1.5, ok: true },
      { ts: 2, id: 'b', value: -0, ok: null },
    ]);
    assert.throws(() => batch.addColumns({ ...columns, id: ['c'] }), /id: 1 is not valid, expected 2 values/);
    assert.throws(
      () => batch.addColumns({ ts: [1], id: ['c'] }),
      /value: undefined is not valid, expected a number/,
    );
    assert.equal(batch.count, 2);
    assert.deepEqual(batch.columns[1]?.texts, ['a', 'b']);
  });

  it('takes as many texts as there are records, and few bytes for few of them', () => {
    const batch = new RecordBatch([{ name: 'id', type: 'string' }]);
    const ids = Array.from({ length: 70_000 }, (_each, i) => ({ id: `id-${i}` }));
    for (const count of [256, 257, 65_536, 65_537, 70_000]) {
      batch.addAll(ids.slice(batch.count, count));
      assert.deepEqual(toObjects(batch), ids.slice(0, count));
    }
    assert.deepEqual(toObjects(readPacket(packColumns(batch, { layout: 'rows' }))), ids);
    const few = new RecordBatch(SCHEMA);
    few.addAll(Array.from({ length: 10_000 }, () => GOOD));
    assert(few.bytes / few.count <= 20, `${few.bytes}`);
  });

  it('packs what it holds at any time, and goes on', () => {
    const batch = new RecordBatch(SCHEMA);
    for (let i = 0; i < 100; i += 1) {
      batch.add({ ...GOOD, id: `sensor-${i % 7}` });
      assert.equal(readPacket(packColumns(batch)).count, i + 1);
    }
  });

  for (const [schema, expected] of [
    [[], /expected a list of fields, each with name and type, at least one/],
    [[{ name: '', type: 'u8' }], /in field 1 a name/],
    [
      [
        { name: 'a', type: 'u8' },
        { name: 'a', type: 'u8' },
      ],
      /in field 2 another name: field 1 is called "a" too/,
    ],
    [[{ name: '__proto__', type: 'u8' }], /no safe key of an object/],
    [[{ name: 'a', type: 'int' }], /a type: one of bool, i8/],
    [[{ name: 'a', type: 'fixed' }], /a length of 1 to 65535 bytes/],
    [[{ name: 'ä'.repeat(128), type: 'u8' }], /a name of at most 255 bytes/],
    [[5], /in field 1 a field with name and type/],
    ['{', /expected a list of fields/],
  ] as const) {
    it(`of the schema ${JSON.stringify(schema).slice(0, 60)} cannot be`, () => {
      assert.throws(() => new RecordBatch(schema as never), { name: 'ConfigError', message: expected });
    });
  }
});
