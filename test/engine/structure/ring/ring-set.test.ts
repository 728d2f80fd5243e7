import assert from 'node:assert/strict';
import { Ring } from '../../../../src/structure/ring/ring';
import { RingSet, type RingSetOptions } from '../../../../src/structure/ring/ring-set';

function ringSet(options: Partial<RingSetOptions> = {}) {
  const gone: [key: string, samples: number][] = [];
  const set = new RingSet({
    capacity: 100,
    fields: ['value'],
    onEvict: (key, ring) => gone.push([key, ring.count]),
    ...options,
  });
  return { set, gone };
}

function push(set: RingSet, key: string, samples: number, from = 0): void {
  for (let i = 0; i < samples; i++) set.push(key, from + i, [from + i], from + i);
}

const times = (set: RingSet, key: string, now?: number): number[] => [
  ...(set.get(key, now)?.all().column('time') ?? []),
];

describe('a set of rings', () => {
  it('keeps so many keys, tells of each that goes, and counts them', () => {
    const { set, gone } = ringSet({ maxKeys: 3 });
    for (const key of ['a', 'b', 'c']) push(set, key, 2);
    push(set, 'a', 1, 5);
    push(set, 'd', 1);
    push(set, 'e', 1);
    assert.deepEqual(set.keys(), ['a', 'd', 'e']);
    assert.deepEqual(gone, [
      ['b', 2],
      ['c', 2],
    ]);
    assert.equal(set.evicted, 2);
  });

  it('keeps to its bytes: the key not heard of for longest goes, and the one that grows stays', () => {
    const { set, gone } = ringSet({ maxBytes: 3500 });
    for (const key of ['a', 'b', 'c']) push(set, key, 10);
    push(set, 'c', 100);
    push(set, 'b', 100);
    assert.ok(set.bytes <= 3500, `${set.bytes}`);
    assert.deepEqual(
      gone.map(([key]) => key),
      ['a'],
    );
    push(set, 'd', 100);
    assert.ok(set.bytes <= 3500, `${set.bytes}`);
    assert.deepEqual(set.keys(), ['b', 'd']);
    set.clear();
    assert.equal(set.bytes, 0);
  });

  it('counts its bytes right, whatever comes and goes', () => {
    const { set } = ringSet({ maxKeys: 5, maxAgeMs: 50 });
    for (let i = 0; i < 3000; i++) {
      set.push(`k${(i * 7919) % 11}`, i, [i], i);
      if (i % 97 === 0) set.delete(`k${i % 11}`);
    }
    const rings = set.keys().map((key) => set.get(key, 3000) as Ring);
    assert.equal(
      set.bytes,
      rings.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  });

  it('lets samples expire by their own times, also while their key is silent', () => {
    const { set } = ringSet({ maxAgeMs: 10 });
    // A device whose clock began at 1000 when ours stood at 50.
    for (let i = 0; i < 20; i++) set.push('device', 1000 + i, [i], 50 + i);
    assert.deepEqual(
      times(set, 'device', 69),
      [1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019],
    );
    assert.deepEqual(times(set, 'device', 77), [1017, 1018, 1019]);
    assert.deepEqual(times(set, 'device', 100), []);
  });

  it('loses nothing when the machine clock is set back', () => {
    const { set } = ringSet({ maxAgeMs: 10 });
    set.push('a', 1000, [1], 1000);
    set.push('a', 400, [2], 400);
    assert.deepEqual(times(set, 'a', 300), [1000, 400]);
  });

  it('forgets keys of which nothing is left before it pushes out others', () => {
    const { set, gone } = ringSet({ maxKeys: 2, maxAgeMs: 10 });
    push(set, 'old', 3, 0);
    push(set, 'young', 3, 100);
    push(set, 'new', 1, 101);
    assert.deepEqual(set.keys(), ['young', 'new']);
    assert.deepEqual(gone, []);
  });

  it('takes over rings of another capacity and other fields as far as they fit', () => {
    const before = new Ring({ capacity: 5, fields: ['a', 'b'] });
    for (let i = 0; i < 7; i++) before.push(i, [i, 10 * i]);
    const smaller = new RingSet({ capacity: 2, fields: ['a', 'b'] });
    smaller.adopt({ key: 'k', ring: before, arrivedAt: 0 });
    assert.deepEqual(
      [...(smaller.get('k')?.all() ?? [])],
      [
        [5, 5, 50],
        [6, 6, 60],
      ],
    );
    const larger = new RingSet({ capacity: 9, fields: ['b', 'c'] });
    larger.adopt({ key: 'k', ring: before, arrivedAt: 0 });
    assert.deepEqual([...(larger.get('k')?.last(1) ?? [])], [[6, 60, Number.NaN]]);
    larger.push('k', 7, [70, 1]);
    assert.equal(larger.get('k')?.count, 6);
    const strange = new RingSet({ capacity: 9, fields: ['x'] });
    strange.adopt({ key: 'k', ring: before, arrivedAt: 0 });
    assert.equal(strange.get('k')?.count, 0);
  });

  it('takes keys that are names of an object’s own machinery', () => {
    const { set } = ringSet();
    for (const key of ['__proto__', 'constructor', 'toString']) {
      assert.equal(set.get(key), undefined);
      push(set, key, 3);
    }
    assert.deepEqual(set.keys(), ['__proto__', 'constructor', 'toString']);
    assert.equal(({} as Record<string, unknown>).count, undefined);
  });
});
