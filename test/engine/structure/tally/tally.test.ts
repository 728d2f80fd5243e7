import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Eviction } from '../../../../src/structure/tally/order';
import { OPERATIONS, type Operation } from '../../../../src/structure/tally/stores';
import { Tally, type TallyOptions } from '../../../../src/structure/tally/tally';
import '../../../support/seed';

/** What a key with these values has, the plain way. */
const PLAIN: Record<Operation, (values: readonly number[]) => unknown> = {
  count: (values) => values.length,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  last: (values) => values.at(-1),
  list: (values) => values.slice(-3),
};

interface Kept {
  values: number[];
  uses: number;
  usedAt: number;
}

/** A Map of arrays that looks through all its entries for the one that goes. */
class PlainTally {
  readonly kept = new Map<string, Kept>();
  readonly gone: string[] = [];
  #clock = 0;
  #base = 0;

  constructor(
    private readonly capacity: number,
    private readonly evict: Eviction,
  ) {}

  add(key: string, value: number): void {
    this.#clock += 1;
    const known = this.kept.get(key);
    if (!known && this.kept.size === this.capacity) this.#evict();
    const entry = known ?? { values: [], uses: this.#base, usedAt: 0 };
    entry.values.push(value);
    entry.uses += 1;
    entry.usedAt = this.#clock;
    this.kept.set(key, entry);
  }

  order(): string[] {
    const uses = ({ uses }: Kept): number => (this.evict === 'lfu' ? uses : 0);
    return [...this.kept]
      .sort(([, a], [, b]) => uses(a) - uses(b) || a.usedAt - b.usedAt)
      .map(([key]) => key);
  }

  #evict(): void {
    const [key = ''] = this.order();
    this.#base = this.kept.get(key)?.uses ?? 0;
    this.kept.delete(key);
    this.gone.push(key);
  }
}

function tally(options: Partial<TallyOptions> = {}) {
  const gone: { key: string; value: unknown }[] = [];
  const table = new Tally({
    operation: 'count',
    capacity: 100,
    onEvict: (entry) => gone.push(entry),
    ...options,
  });
  return { table, gone };
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '__proto__', 'constructor', '');
const step = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constant('add' as const), key, fc.integer({ min: -100, max: 100 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('delete' as const), key, fc.constant(0)) },
);

for (const operation of OPERATIONS) {
  for (const evict of ['lru', 'lfu'] as const) {
    describe(`a tally by ${operation}, ${evict}`, () => {
      it('has what a plain Map has, and lets the same keys go in the same order', () => {
        fc.assert(
          fc.property(
            fc.integer({ min: 1, max: 8 }),
            fc.array(step, { maxLength: 80 }),
            (capacity, steps) => {
              const { table, gone } = tally({ operation, evict, capacity, listLength: 3 });
              const plain = new PlainTally(capacity, evict);
              for (const [what, name, value] of steps) {
                if (what === 'add') {
                  table.add(name, value);
                  plain.add(name, value);
                } else {
                  assert.equal(table.delete(name), plain.kept.delete(name));
                }
                assert.deepEqual(
                  [...table].map(({ key }) => key),
                  plain.order(),
                );
              }
              for (const [name, { values }] of plain.kept)
                assert.deepEqual(table.get(name), PLAIN[operation](values), name);
              assert.deepEqual(
                gone.map(({ key }) => key),
                plain.gone,
              );
              assert.equal(table.evicted, gone.length);
              assert.equal(table.size, plain.kept.size);
            },
          ),
        );
      });

      it('is the same after it was saved and restored, and keeps what fits a smaller table', () => {
        const { table } = tally({ operation, evict, capacity: 50 });
        for (let i = 0; i < 300; i++) table.add(`k${(i * i) % 41}`, i);
        const saved = JSON.parse(JSON.stringify(table.save()));
        const { table: same } = tally({ operation, evict, capacity: 50 });
        assert.equal(same.restore(saved), 0);
        assert.deepEqual([...same], [...table]);
        for (const each of [same, table]) for (let i = 0; i < 5; i++) each.add(`k${i}`, i);
        assert.deepEqual([...same], [...table]);
        const { table: smaller } = tally({ operation, evict, capacity: 3 });
        smaller.restore(saved);
        assert.deepEqual([...smaller].length, 3);
        smaller.add('new', 1);
        assert.equal(smaller.evicted, 1);
      });
    });
  }
}

describe('a tally', () => {
  it('tells what had to go, with its value', () => {
    const { table, gone } = tally({ operation: 'sum', capacity: 2 });
    for (const [name, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      table.add(name, value);
    assert.deepEqual(gone, [{ key: 'b', value: 2 }]);
  });

  it('keeps by lfu what is used often, however many others pass through', () => {
    const { table } = tally({ capacity: 10, evict: 'lfu' });
    for (let i = 0; i < 20; i++) table.add(`early ${i}`);
    for (let i = 0; i < 20_000; i++) table.add(i % 7 ? `passing ${i}` : 'heavy');
    assert.ok(table.has('heavy'));
    assert.ok((table.get('heavy') as number) > 2800);
  });

  it('answers with the default for a key that is not there, and count and sum begin at it', () => {
    assert.equal(tally({ operation: 'count' }).table.get('x'), 0);
    assert.equal(tally({ operation: 'max' }).table.get('x'), null);
    assert.deepEqual(tally({ operation: 'list' }).table.get('x'), []);
    const { table } = tally({ operation: 'sum', default: 100 });
    table.add('a', 5);
    assert.deepEqual([table.get('a'), table.get('b')], [105, 100]);
    const { table: max } = tally({ operation: 'max', default: 100 });
    max.add('a', 5);
    assert.deepEqual([max.get('a'), max.get('b')], [5, 100]);
  });

  it('sums without losing small numbers beside great ones', () => {
    const { table } = tally({ operation: 'sum' });
    for (const value of [1, 1e100, 1, -1e100]) table.add('a', value);
    assert.equal(table.get('a'), 2);
    const { table: mean } = tally({ operation: 'mean' });
    for (let i = 0; i < 10; i++) mean.add('a', 0.1);
    assert.equal(mean.get('a'), 0.1);
  });

  it('lists the top by value, the greatest first', () => {
    const { table } = tally();
    for (const name of ['b', 'a', 'c', 'c', 'd', 'd', 'd']) table.add(name);
    assert.deepEqual(
      table.top(3).map(({ key, value }) => [key, value]),
      [
        ['d', 3],
        ['c', 2],
        ['a', 1],
      ],
    );
  });

  it('refuses values that are no numbers, and makes no key of them', () => {
    const { table } = tally({ operation: 'mean', capacity: 1 });
    table.add('kept', 1);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 'warm', {}, undefined, null, true, 2n ** 70n])
      assert.throws(() => table.add('bad', bad), /^TypeError: is .*, expected a finite number/);
    assert.deepEqual([table.size, table.evicted, table.get('kept')], [1, 0, 1]);
    table.add('kept', '3');
    assert.equal(table.get('kept'), 2);
  });

  it('counts whatever comes', () => {
    const { table } = tally();
    for (const value of [undefined, Number.NaN, {}, () => 1]) table.add('a', value);
    assert.equal(table.get('a'), 4);
  });

  it('keeps values of its own: what is changed before or after does not change them', () => {
    const { table } = tally({ operation: 'last' });
    const sent = { a: [1] };
    table.add('k', sent);
    sent.a.push(2);
    (table.get('k') as typeof sent).a.push(3);
    assert.deepEqual(table.get('k'), { a: [1] });
    const bytes = Buffer.from('abc');
    table.add('b', bytes);
    bytes[0] = 0;
    assert.equal(String(table.get('b')), 'abc');
    assert.throws(() => table.add('f', { f: () => 1 }), /^TypeError: holds a function/);
    const { table: lists } = tally({ operation: 'list' });
    (lists.get('none') as unknown[]).push(1);
    assert.deepEqual(lists.get('none'), []);
  });

  it('keeps the bytes of whole values within bounds, and refuses one that is larger', () => {
    const { table, gone } = tally({ operation: 'list', maxBytes: 10_000, listLength: 5 });
    for (let i = 0; i < 30; i++) table.add(`k${i % 10}`, 'x'.repeat(400));
    assert.ok(gone.length > 0);
    assert.ok(table.size * 5 * 400 <= 5 * 10_000);
    assert.throws(
      () => table.add('big', 'x'.repeat(20_000)),
      /^TypeError: takes 20016 bytes, expected at most 10000/,
    );
    const held = [...table].reduce((sum, { value }) => sum + (value as string[]).length * 416, 0);
    assert.ok(held <= 10_000, `${held}`);
  });

  it('passes over what is no content of its operation when it is restored', () => {
    const { table } = tally({ operation: 'mean' });
    const unread = table.restore([
      ['good', 1, [6, 0, 3]],
      ['short', 1, [1]],
      ['strange', 1, ['x', 0, 1]],
    ]);
    assert.equal(unread, 2);
    table.add('other', 5);
    assert.deepEqual([...table].map(({ key }) => key).sort(), ['good', 'other']);
    assert.equal(table.get('good'), 2);
  });

  it('refuses a capacity that is none, and a default that cannot be counted from', () => {
    for (const capacity of [0, 1.5, Number.NaN])
      assert.throws(() => tally({ capacity }), /Tally: capacity is .*, expected a whole number from 1/);
    assert.throws(
      () => tally({ operation: 'sum', default: 'x' }),
      /Tally: default is x, expected a number for sum/,
    );
  });
});
