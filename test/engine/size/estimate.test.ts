import assert from 'node:assert/strict';
import { estimateSize, sizeOf } from '../../../src/size';

const WORK = 5_000;

/** How far a guess is from what a whole walk counts, in percent. */
function errorOf(value: unknown): number {
  const whole = sizeOf(value, { maxWork: 10_000_000 });
  assert.equal(whole.truncated, false);
  const guess = estimateSize(value, { work: WORK });
  assert.equal(guess.sampled, true);
  return (Math.abs(guess.bytes - whole.bytes) / whole.bytes) * 100;
}

const reading = (i: number) => ({
  time: 1_700_000_000_000 + i,
  value: i / 3,
  unit: 'celsius',
  name: `sensor ${i} in the hall`,
});

describe('an estimate of size', () => {
  it('is exact for what can be walked whole', () => {
    const value = { list: Array.from({ length: 100 }, (_, i) => reading(i)) };
    const { bytes, offHeapBytes, sampled } = estimateSize(value);
    assert.deepEqual({ bytes, offHeapBytes, sampled }, { ...pick(sizeOf(value)), sampled: false });
  });

  for (const [name, make] of Object.entries({
    'a long array': () => Array.from({ length: 50_000 }, (_, i) => reading(i)),
    'an object of many keys': () =>
      Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`device ${i}`, reading(i)])),
    'a Map': () => new Map(Array.from({ length: 20_000 }, (_, i) => [`device ${i}`, reading(i)])),
    'a Set': () => new Set(Array.from({ length: 20_000 }, (_, i) => reading(i))),
    'an array of arrays': () =>
      Array.from({ length: 300 }, () => Array.from({ length: 300 }, (_, i) => reading(i))),
    'few big parts': () => ({
      a: 1,
      history: { today: Array.from({ length: 50_000 }, (_, i) => reading(i)) },
    }),
    'parts that know their parent': () => {
      const root: Record<string, unknown> = {};
      root.parts = Array.from({ length: 20_000 }, (_, i) => ({ ...reading(i), root }));
      return root;
    },
    'one part many times': () => new Array(50_000).fill(reading(1)),
    'few parts many times': () => {
      const few = Array.from({ length: 20 }, (_, i) => ({ ...reading(i), data: new Array(1_000).fill(0.5) }));
      return Array.from({ length: 50_000 }, (_, i) => few[(i * 7919) % 20]);
    },
  })) {
    it(`is near for ${name}`, () => {
      const error = errorOf(make());
      assert.ok(error < 35, `${error} %`);
    });
  }

  it('tells the bytes off the heap', () => {
    const frames = Array.from({ length: 10_000 }, () => ({
      data: new ArrayBuffer(1_000),
      unit: 'x',
      a: 1,
      b: 2,
    }));
    const { offHeapBytes, buffers } = estimateSize(frames, { work: WORK });
    assert.ok(Math.abs(offHeapBytes / 11_360_000 - 1) < 0.05, String(offHeapBytes));
    assert.ok(Math.abs(buffers / 10_000 - 1) < 0.05, String(buffers));
  });

  it('does not take holes for values', () => {
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = 'the end';
    assert.ok(estimateSize(sparse, { work: WORK }).bytes < 1_000_000);
  });

  it('ends for a list linked a million times, and says that it takes more', () => {
    let list: object | null = null;
    for (let i = 0; i < 1_000_000; i += 1) list = { next: list };
    const { bytes, sampled } = estimateSize({ list }, { work: WORK });
    assert.ok(sampled && bytes >= 100_000);
  });

  it('does not write out a text of a gigabyte that was joined of parts', () => {
    const before = process.memoryUsage().rss;
    const huge = 'ł'.repeat(2 ** 29 - 24);
    const { bytes, sampled } = estimateSize({ huge });
    assert.ok(bytes >= 2 ** 29 - 24 && sampled);
    assert.equal(estimateSize(huge).sampled, true);
    assert.ok(process.memoryUsage().rss - before < 2 ** 28);
  });

  it('runs no getter and triggers no proxy in big values either', () => {
    const refuse = (): never => {
      throw new Error('touched');
    };
    const proxy = new Proxy(
      {},
      { get: refuse, ownKeys: refuse, getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse },
    );
    const trap = {
      get value(): number {
        return refuse();
      },
      proxy,
    };
    const items = Object.freeze(
      Array.from({ length: 20_000 }, () =>
        Object.freeze(Object.create(null, Object.getOwnPropertyDescriptors(trap))),
      ),
    );
    const array = new Array(20_000);
    Object.setPrototypeOf(array, proxy);
    for (const value of [items, array, Object.assign(Object.create(proxy), items)]) {
      assert.equal(estimateSize(value, { work: WORK }).sampled, true);
    }
  });
});

function pick({ bytes, offHeapBytes }: { bytes: number; offHeapBytes: number }): object {
  return { bytes, offHeapBytes };
}
