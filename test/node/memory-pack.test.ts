import assert from 'node:assert/strict';
import { once } from 'node:events';
import { tableFromIPC } from 'apache-arrow';
import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import memoryPack from '../../nodes/memory-pack/memory-pack';
import { packColumns, RecordBatch, readPacket, toObjects } from '../../src';
import helper, { statuses } from '../support/test-helper';

const SCHEMA = [
  { name: 'time', type: 'time' },
  { name: 'id', type: 'string' },
  { name: 'value', type: 'f64' },
  { name: 'ok', type: 'bool', optional: true },
] as const;

const record = (n: number) => ({
  time: 1_790_000_000_000 + n * 1_000,
  id: `s${n % 3}`,
  value: n / 10,
  ok: true,
});
const records = (count: number, from = 0) => Array.from({ length: count }, (_each, n) => record(from + n));

type Packed = NodeMessageInFlow & {
  payload: unknown;
  pack: Record<string, unknown>;
  parts?: Record<string, unknown>;
};

const at = { z: 'tab', x: 1, y: 1 };
function flow(pack: object, unpack: object = {}): object[] {
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    { id: 'pack', type: 'memory-pack', ...at, schema: SCHEMA, ...pack, wires: [['packed']] },
    { id: 'unpack', type: 'memory-pack', ...at, direction: 'unpack', ...unpack, wires: [['unpacked']] },
    { id: 'packed', type: 'helper', ...at },
    { id: 'unpacked', type: 'helper', ...at },
  ];
}

async function load(pack: object, unpack: object = {}): Promise<void> {
  await helper.load(memoryPack, flow(pack, unpack));
}

function give(msg: object, node = 'pack'): void {
  helper.getNode(node).receive(msg as NodeMessage);
}

async function next(node = 'packed'): Promise<Packed> {
  const [msg] = await once(helper.getNode(node), 'input');
  return msg as Packed;
}

async function through(msg: object, node = 'pack', out = 'packed'): Promise<Packed> {
  const sent = next(out);
  give(msg, node);
  return sent;
}

async function errorOf(msg: object, node = 'pack'): Promise<string> {
  const reported = once(helper.getNode(node), 'call:error');
  give(msg, node);
  const [call] = await reported;
  return String(call.args[0].message ?? call.args[0]);
}

const recordsIn = (msg: Packed) => toObjects(readPacket(msg.payload as Buffer));

describe('memory-pack', () => {
  afterEach(async () => {
    // Deleted nodes leave nothing for the next test, as restarted ones would.
    await helper.setFlows([{ id: 'tab', type: 'tab', label: 'test' }]);
    await helper.unload();
  });

  it('packs a list of records into one packet and tells its size; all else passes', async () => {
    await load({});
    const msg = await through({ payload: records(50), topic: 'kept' });
    assert(Buffer.isBuffer(msg.payload));
    assert.deepEqual(recordsIn(msg), records(50));
    assert.equal(msg.topic, 'kept');
    assert.deepEqual(msg.pack, { records: 50, bytes: msg.payload.length, format: 'own', leftOut: 0 });
  });

  it('packs single records together when there are enough of them', async () => {
    await load({ batchRecords: 3 });
    const sent = next();
    for (const n of [0, 1, 2]) give({ payload: record(n), topic: `t${n}` });
    const msg = await sent;
    assert.deepEqual(recordsIn(msg), records(3));
    assert.equal(msg.topic, 't2');
  });

  it('packs what waits when time is up, with what came along with the last of it', async () => {
    await load({ batchMs: 10 });
    const sent = next();
    give({ payload: record(0), topic: 'a' });
    give({ payload: record(1), topic: 'b', room: 5 });
    const msg = await sent;
    assert.deepEqual(recordsIn(msg), records(2));
    assert.deepEqual([msg.topic, (msg as { room?: number }).room], ['b', 5]);
  });

  it('packs what waits when it takes too many bytes', async () => {
    await load({ batchBytes: 500 });
    const sent = next();
    for (let n = 0; n < 30; n += 1) give({ payload: record(n) });
    const { count } = readPacket((await sent).payload as Buffer);
    assert(count > 5 && count < 25, `${count}`);
  });

  it('packs what waits at msg.control flush, and refuses other words', async () => {
    await load({});
    give({ payload: record(0) });
    assert.match(await errorOf({ control: 'reset' }), /control: reset is not valid, expected flush/);
    const msg = await through({ control: 'flush', payload: 'not looked at' });
    assert.deepEqual(recordsIn(msg), records(1));
  });

  it('packs columns as they come, and the empty list as a packet of no records', async () => {
    await load({});
    const columns = { time: Float64Array.of(1, 2), id: ['a', 'b'], value: [0.5, -0], ok: [null, false] };
    assert.deepEqual(recordsIn(await through({ payload: columns })), [
      { time: 1, id: 'a', value: 0.5, ok: null },
      { time: 2, id: 'b', value: -0, ok: false },
    ]);
    assert.deepEqual(recordsIn(await through({ payload: [] })), []);
  });

  it('keeps what waits over a deploy', async () => {
    await load({ batchRecords: 3 });
    give({ payload: record(0) });
    give({ payload: record(1) });
    await helper.setFlows(flow({ batchRecords: 3, name: 'changed' }), 'full');
    const msg = await through({ payload: record(2) });
    assert.deepEqual(recordsIn(msg), records(3));
  });

  it('sends what waited under another schema as a packet of its own', async () => {
    await load({});
    give({ payload: record(0) });
    await helper.setFlows(flow({ schema: [{ name: 'other', type: 'u8' }] }), 'full');
    assert.deepEqual(recordsIn(await next()), records(1));
  });

  it('names the record, the field and the value of what does not fit, and keeps what waits', async () => {
    await load({ batchRecords: 2 });
    give({ payload: record(0) });
    assert.match(
      await errorOf({ payload: { ...record(1), value: 'high' } }),
      /^value: "high" is not valid, expected a number$/,
    );
    const bad = [record(1), { ...record(2), time: 'now' }];
    assert.match(await errorOf({ payload: bad }), /^record 1, time: "now" is not valid, expected a Date/);
    assert.match(await errorOf({ payload: 5 }), /record: 5 is not valid, expected an object/);
    assert.deepEqual(recordsIn(await through({ payload: record(1) })), records(2));
  });

  it('leaves out other fields, counts them, and warns once', async () => {
    await load({});
    const warned = once(helper.getNode('pack'), 'call:warn');
    const msg = await through({
      payload: [
        { ...record(0), unit: 'C' },
        { ...record(1), unit: 'C' },
      ],
    });
    assert.equal(msg.pack.leftOut, 2);
    assert.match(String((await warned)[0].args[0]), /not in the schema are left out: unit/);
  });

  it('makes an Arrow stream', async () => {
    await load({ format: 'arrow' });
    const msg = await through({ payload: records(10) });
    assert.equal(msg.pack.format, 'arrow');
    const table = tableFromIPC(msg.payload as Buffer);
    assert.equal(table.numRows, 10);
    assert.equal(table.getChild('id')?.get(4), 's1');
  });

  it('turns red without a field, and refuses messages with the reason', async () => {
    await load({ schema: [] });
    const [status] = statuses(helper.getNode('pack'));
    assert.equal(status && typeof status === 'object' && status.fill, 'red');
    assert.match(await errorOf({ payload: records(1) }), /schema: .* at least one field/);
  });

  describe('unpacking', () => {
    const packet = (count: number): Buffer => {
      const batch = new RecordBatch(SCHEMA);
      batch.addAll(records(count));
      return packColumns(batch);
    };

    it('gives the records back, and says what they are', async () => {
      await load({});
      const payload = packet(20);
      const msg = await through({ payload, topic: 'kept' }, 'unpack', 'unpacked');
      assert.deepEqual(msg.payload, records(20));
      assert.equal(msg.topic, 'kept');
      const schema = SCHEMA.map((field) => ({ optional: false, length: 0, ...field }));
      assert.deepEqual(msg.pack, { records: 20, bytes: payload.length, layout: 'columns', schema });
    });

    it('gives columns where asked to', async () => {
      await load({}, { output: 'columns' });
      const { payload } = await through({ payload: packet(2) }, 'unpack', 'unpacked');
      assert.deepEqual(payload, {
        time: Float64Array.of(1_790_000_000_000, 1_790_000_001_000),
        id: ['s0', 's1'],
        value: Float64Array.of(0, 0.1),
        ok: [true, true],
      });
    });

    it('cuts a packet into slices that a join node puts together', async () => {
      await load({}, { sliceRecords: 8 });
      const got: Packed[] = [];
      const last = new Promise<void>((resolve) => {
        helper.getNode('unpacked').on('input', (msg) => {
          got.push(msg as Packed);
          if (got.length === 3) resolve();
        });
      });
      give({ payload: packet(20), headers: { a: 1 } }, 'unpack');
      await last;
      assert.deepEqual(
        got.flatMap(({ payload }) => payload),
        records(20),
      );
      assert.deepEqual(
        got.map(({ parts }) => parts?.index),
        [0, 1, 2],
      );
      for (const { parts } of got) {
        assert.deepEqual(
          { ...parts },
          { id: got[0]?.parts?.id, index: parts?.index, count: 3, type: 'array', len: 8 },
        );
      }
    });

    for (const [what, payload, expected] of [
      ['a text', 'hello there, this is no packet', /does not begin with HRPK/],
      ['an object', { a: 1 }, /msg\.payload is object, expected a Buffer with a packet/],
      ['nothing', undefined, /msg\.payload is undefined/],
      ['half a packet', packet(20).subarray(0, 50), /cut short: 50 of \d+ bytes/],
    ] as const) {
      it(`refuses ${what} with the reason`, async () => {
        await load({});
        assert.match(await errorOf({ payload }, 'unpack'), expected);
      });
    }

    it('refuses packets of another schema where one is given', async () => {
      await load({}, { schema: [{ name: 'other', type: 'u8' }] });
      assert.match(
        await errorOf({ payload: packet(1) }, 'unpack'),
        /another schema: it holds time time, id string, value f64, ok bool optional, expected other u8/,
      );
    });

    it('takes a packet that was mistaken for a text', async () => {
      await load({});
      const batch = new RecordBatch([{ name: 'v', type: 'string' }]);
      let payload = '';
      // Until its checksum happens to be UTF-8 too.
      for (let n = 0; Buffer.from(payload, 'utf8').compare(packColumns(batch)) !== 0; n += 1) {
        batch.add({ v: `${n}` });
        payload = packColumns(batch).toString('utf8');
      }
      const { payload: got } = await through({ payload }, 'unpack', 'unpacked');
      assert.equal((got as object[]).length, batch.count);
    });
  });
});
