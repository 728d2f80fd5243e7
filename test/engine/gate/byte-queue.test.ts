import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteBudget, ByteQueue, type DropFrom } from '../../../src/gate/byte-queue';

describe('ByteQueue', () => {
  it('gives up its oldest items for a new one', () => {
    const queue = new ByteQueue<string>(new ByteBudget(10), 'oldest');
    assert.deepEqual(queue.push('a', 4), []);
    assert.deepEqual(queue.push('b', 4), []);
    assert.deepEqual(queue.push('c', 8), ['a', 'b']);
    assert.equal(queue.shift(), 'c');
  });

  it('refuses the new item when the newest is to go', () => {
    const queue = new ByteQueue<string>(new ByteBudget(10), 'newest');
    queue.push('a', 8);
    assert.deepEqual(queue.push('b', 4), ['b']);
    assert.deepEqual(queue.push('c', 2), []);
    assert.deepEqual(queue.clear(), ['a', 'c']);
  });

  for (const dropFrom of ['oldest', 'newest'] as const) {
    it(`keeps what waits when one message is larger than the whole queue (${dropFrom} first)`, () => {
      const queue = new ByteQueue<string>(new ByteBudget(10), dropFrom);
      queue.push('a', 4);
      assert.deepEqual(queue.push('huge', 11), ['huge']);
      assert.deepEqual(queue.clear(), ['a']);
    });

    it(`never takes another queue's room (${dropFrom} first)`, () => {
      const budget = new ByteBudget(10);
      const [mine, theirs] = [
        new ByteQueue<string>(budget, dropFrom),
        new ByteQueue<string>(budget, dropFrom),
      ];
      theirs.push('x', 8);
      assert.deepEqual(mine.push('a', 4), ['a']);
      assert.equal(theirs.length, 1);
    });
  }

  it('behaves as a plain list that is cut to its bound', () => {
    const step = fc.option(fc.integer({ min: 0, max: 12 }), { nil: 'shift' as const, freq: 4 });
    fc.assert(
      fc.property(
        fc.constantFrom<DropFrom[]>('oldest', 'newest'),
        fc.array(step, { maxLength: 200 }),
        (from, run) => {
          const budget = new ByteBudget(30);
          const queue = new ByteQueue<Item>(budget, from);
          const model = new ListCutToBound(30, from);
          run.forEach((bytes, id) => {
            if (bytes === 'shift') assert.deepEqual(queue.shift(), model.items.shift());
            else assert.deepEqual(queue.push({ id, bytes }, bytes), model.push({ id, bytes }));
            const { length } = model.items;
            assert.deepEqual(
              [queue.length, queue.bytes, budget.usedBytes],
              [length, model.bytes, model.bytes],
            );
          });
          assert.deepEqual(queue.clear(), model.items);
          assert.equal(budget.usedBytes, 0);
        },
      ),
    );
  });
});

interface Item {
  id: number;
  bytes: number;
}

class ListCutToBound {
  readonly items: Item[] = [];

  constructor(
    private readonly maxBytes: number,
    private readonly from: DropFrom,
  ) {}

  get bytes(): number {
    return this.items.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  push(item: Item): Item[] {
    const dropped: Item[] = [];
    this.items.push(item);
    while (this.bytes > this.maxBytes) {
      const gone = this.from === 'oldest' ? this.items.shift() : this.items.pop();
      if (gone) dropped.push(gone);
    }
    return dropped;
  }
}
