import assert from 'node:assert/strict';
import { once } from 'node:events';
import memoryPack from '../../nodes/memory-pack/memory-pack';
import { closePool, readPacket, toObjects } from '../../src';
import { errorOf, load, type Nodes, type Received, statistics, through, unload } from './pool-flow';

const at = { z: 'tab', x: 1, y: 1 };
const SCHEMA = [
  { name: 'n', type: 'u32' },
  { name: 'id', type: 'string' },
];
const records = Array.from({ length: 400 }, (_, n) => ({ n, id: `sensor-${n}` }));
const recordsIn = ({ payload }: Received): object[] => toObjects(readPacket(payload as Buffer));

function start(pool: object = {}, pack: object = {}): Promise<Nodes> {
  return load(
    [
      { id: 'tab', type: 'tab', label: 'Test' },
      { id: 'pool', type: 'memory-pool', name: 'packets', minBytes: 1024, ...pool },
      { id: 'pack', type: 'memory-pack', ...at, schema: SCHEMA, pool: 'pool', ...pack, wires: [['out']] },
      { id: 'unpack', type: 'memory-pack', ...at, direction: 'unpack', wires: [['objects']] },
      { id: 'return', type: 'memory-return', ...at, pool: 'pool', wires: [['returned']] },
      ...['out', 'objects', 'returned'].map((id) => ({ id, type: 'helper', ...at })),
    ],
    [memoryPack],
  );
}

describe('memory-pack with a pool', () => {
  afterEach(unload);

  it('packs into a leased buffer of exactly the length, which the pool has no more in use when the flow is done with it', async () => {
    const node = await start();
    const arrived = new Promise<Received>((resolve) => {
      node('out').once('input', (msg: Received) => resolve({ ...msg, records: recordsIn(msg) }));
    });
    node('pack').receive({ payload: records });
    const { pack, lease, records: packed } = await arrived;
    assert.deepEqual(packed, records);
    assert.deepEqual(lease, { ...lease, bytes: pack.bytes, pool: 'packets', pooled: true });
    while (statistics()?.inUse !== 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(statistics()?.leaked, 0);
  });

  it('keeps a packet whole while the flow has it, in any number of messages, and single records too', async () => {
    const node = await start({ autoReturn: false }, { batchRecords: 400 });
    const packet = once(node('out'), 'input');
    for (const record of records) node('pack').receive({ payload: record });
    const [msg] = (await packet) as [Received];
    assert.equal(statistics()?.inUse, 1);
    const { payload } = await through(node('unpack'), node('objects'), { ...msg });
    assert.deepEqual(payload, records);
    await through(node('return'), node('returned'), msg);
    assert.equal(statistics()?.inUse, 0);
  });

  it('says what is wrong where the pool is exhausted or gone, and keeps what waits', async () => {
    const small = { autoReturn: false, maxBytes: 8_192, capacityBytes: 8_192, onExhausted: 'fail' };
    const node = await start(small, { layout: 'rows', compression: 'none', batchRecords: 1_000 });
    await through(node('pack'), node('out'), { payload: records });
    assert.match(await errorOf(node('pack'), { payload: records }), /bytes do not fit/);
    node('pack').receive({ payload: records[0] });
    await new Promise((resolve) => setImmediate(resolve));
    closePool('pool', true);
    assert.match(
      await errorOf(node('pack'), { payload: records[1] }),
      /pool: "?pool"? is not valid, expected an enabled memory-pool/,
    );
    assert.match(await errorOf(node('pack'), { control: 'flush' }), /1 records are lost: pool:/);
  });
});
