import assert from 'node:assert/strict';
import fc from 'fast-check';
import { settle } from '../../../src/profile/settle';

const bytes = (entries: Record<string, number>): Map<string, { heap: number; external: number }> =>
  new Map(Object.entries(entries).map(([id, heap]) => [id, { heap, external: 0 }]));
const numbers = (entries: Record<string, number>): Map<string, number> => new Map(Object.entries(entries));
const nowhere = new Map();

describe('settling who keeps memory', () => {
  it('leaves what nobody else keeps with who made it', () => {
    const { heap } = settle({
      made: numbers({ maker: 100 }),
      madeByFiles: numbers({}),
      held: nowhere,
      grown: nowhere,
      isUpstream: () => true,
    });
    assert.deepEqual([...heap], [['maker', 100]]);
  });

  it('moves held messages from the node that made them to the one that holds them', () => {
    const { heap } = settle({
      made: numbers({ maker: 100, other: 50 }),
      madeByFiles: numbers({}),
      held: bytes({ queue: 80 }),
      grown: nowhere,
      isUpstream: (of, node) => of === 'queue' && node === 'maker',
    });
    assert.deepEqual([heap.get('maker'), heap.get('queue'), heap.get('other')], [20, 80, 50]);
  });

  it('moves nothing that a node keeps itself', () => {
    const { heap } = settle({
      made: numbers({ first: 100, second: 100 }),
      madeByFiles: numbers({}),
      held: nowhere,
      grown: bytes({ first: 100, second: 150 }),
      isUpstream: () => true,
    });
    assert.deepEqual([heap.get('first'), heap.get('second')], [100, 100]);
  });

  it('takes from code of no node what no node upstream has made', () => {
    const { heap, files } = settle({
      made: numbers({ other: 500 }),
      madeByFiles: numbers({ 'node:_http_server': 300 }),
      held: bytes({ 'http in': 200 }),
      grown: nowhere,
      isUpstream: () => false,
    });
    assert.deepEqual(
      [heap.get('http in'), heap.get('other'), files.get('node:_http_server')],
      [200, 500, 100],
    );
  });

  it('never makes more or less of it than there was, and leaves nobody below nothing', () => {
    const some = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(1_000_000));
    fc.assert(
      fc.property(some, some, some, some, fc.boolean(), (made, madeByFiles, held, grown, upstream) => {
        const settled = settle({
          made: numbers(made),
          madeByFiles: numbers(madeByFiles),
          held: bytes(held),
          grown: bytes(grown),
          isUpstream: () => upstream,
        });
        const sum = (map: Iterable<number>): number => [...map].reduce((all, each) => all + each, 0);
        const before = sum(Object.values(made)) + sum(Object.values(madeByFiles));
        const after = [...settled.heap.values(), ...settled.files.values()];
        assert.ok(Math.abs(sum(after) - before) < 1);
        assert.ok(after.every((each) => each > -1));
      }),
    );
  });
});
