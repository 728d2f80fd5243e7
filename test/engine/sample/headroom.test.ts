import assert from 'node:assert/strict';
import fc from 'fast-check';
import { headroomOf } from '../../../src';

const heap = { limit: 1000, live: 400 };
const container = { limit: 2000, workingSet: 1500 };
const system = { total: 10_000, available: 700 };

describe('headroom', () => {
  it('is that of the limit with the fewest bytes left, in percent of that limit', () => {
    assert.deepEqual(headroomOf({ heap, container, system }), {
      bytes: 500,
      percent: 25,
      nearest: 'container',
    });
    assert.deepEqual(headroomOf({ heap, container: null, system }), {
      bytes: 600,
      percent: 60,
      nearest: 'heap',
    });
    assert.deepEqual(headroomOf({ heap: null, container: null, system }), {
      bytes: 700,
      percent: 7,
      nearest: 'system',
    });
  });

  it('is null where no limit is known', () => {
    const unknown = [
      null,
      { total: null, available: null },
      { total: 10, available: null },
      { total: null, available: 5 },
    ];
    for (const none of unknown) assert.equal(headroomOf({ heap: null, container: null, system: none }), null);
  });

  it('passes over a limit of 0', () => {
    const nothing = { limit: 0, live: 0 };
    assert.equal(headroomOf({ heap: nothing, container: null, system })?.nearest, 'system');
  });

  it('is 0, not negative, beyond a limit', () => {
    const over = headroomOf({ heap, container: { limit: 100, workingSet: 120 }, system });
    assert.deepEqual(over, { bytes: 0, percent: 0, nearest: 'container' });
  });

  it('holds for the heap limit of a 32-bit process', () => {
    const limit = 2 ** 32 - 1;
    const figure = headroomOf({ heap: { limit, live: 2 ** 31 }, container: null, system: null });
    assert.deepEqual(figure, { bytes: 2 ** 31 - 1, percent: 50, nearest: 'heap' });
  });

  it('is never more than any limit leaves, and from 0 to 100 percent', () => {
    const size = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
    const input = fc.record({
      heap: maybe(fc.record({ limit: size, live: size })),
      container: maybe(fc.record({ limit: size, workingSet: size })),
      system: maybe(fc.record({ total: maybe(size), available: maybe(size) })),
    });
    fc.assert(
      fc.property(input, (given) => {
        const figure = headroomOf(given);
        if (figure === null) return;
        assert(figure.bytes >= 0 && figure.percent >= 0 && figure.percent <= 100);
        if (given.heap?.limit) assert(figure.bytes <= Math.max(0, given.heap.limit - given.heap.live));
        if (given.system?.total && given.system.available !== null) {
          assert(figure.bytes <= given.system.available);
        }
      }),
    );
  });
});
