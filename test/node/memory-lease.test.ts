import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { leaseOf } from '../../src';
import { statuses } from '../support/test-helper';
import { errorOf, type Nodes, startPool, statistics, through, unload } from './pool-flow';

describe('memory-lease', () => {
  let node: Nodes;

  afterEach(unload);

  it('replaces a payload by a pooled copy of exactly its length, and keeps the rest', async () => {
    node = await startPool();
    const payload = Buffer.alloc(5_000, 7);
    const msg = await through(node('lease'), node('out'), { payload, topic: 'kept' });
    const buffer = msg.payload as Buffer;
    assert.ok(buffer.equals(payload) && buffer !== payload);
    assert.equal(msg.topic, 'kept');
    const lease = leaseOf(buffer);
    assert.deepEqual(msg.lease, {
      id: lease?.id,
      bytes: 5_000,
      capacity: 5_120,
      pool: 'frames',
      pooled: true,
    });
  });

  it('gives the buffer back by itself when the last message is done', async () => {
    node = await startPool();
    const msg = await through(node('lease'), node('out'), { payload: Buffer.alloc(5_000) });
    for (let wait = 0; wait < 10; wait += 1) await turn();
    // The helper node's handlers are of the old style: it may have kept the message, so the bytes stay.
    assert.equal(statistics()?.inUse, 0);
    assert.equal((msg.payload as Buffer).length, 5_000);
  });

  for (const [what, payload, expected] of [
    ['text', 'grüß dich', Buffer.from('grüß dich')],
    ['an object', { a: [1, 'ä'] }, Buffer.from('{"a":[1,"ä"]}')],
    ['a number', 12, Buffer.from('12')],
  ] as const) {
    it(`encodes ${what} as UTF-8`, async () => {
      node = await startPool({ mode: 'encode' });
      const msg = await through(node('lease'), node('out'), { payload });
      assert.ok((msg.payload as Buffer).equals(expected));
    });
  }

  it('copies typed arrays and ArrayBuffers byte by byte', async () => {
    node = await startPool();
    const words = new Uint16Array([1, 2, 65_535]);
    for (const payload of [words, words.buffer]) {
      const msg = await through(node('lease'), node('out'), { payload });
      assert.deepEqual([...(msg.payload as Buffer)], [1, 0, 2, 0, 255, 255]);
    }
  });

  for (const [size, sizeType, msg] of [
    ['6000', 'num', {}],
    ['wanted', 'msg', { wanted: 6_000 }],
    ['wanted', 'msg', { wanted: '6000' }],
    ['wanted * 2', 'jsonata', { wanted: 3_000 }],
  ] as const) {
    it(`leases an empty buffer of ${size} (${sizeType}) bytes`, async () => {
      node = await startPool({ mode: 'empty', size, sizeType, property: 'frame.data' });
      const out = await through(node('lease'), node('out'), { ...msg, payload: 'kept' });
      assert.equal(((out.frame as { data: Buffer }).data as Buffer).length, 6_000);
      assert.equal(out.payload, 'kept');
    });
  }

  for (const wanted of [0, -5, Number.NaN, 'many', undefined, null, {}]) {
    it(`refuses a size of ${JSON.stringify(wanted)}, naming it`, async () => {
      node = await startPool({ mode: 'empty', size: 'wanted', sizeType: 'msg' });
      assert.match(
        await errorOf(node('lease'), { wanted }),
        /size: .* is not valid, expected a whole number/,
      );
    });
  }

  for (const payload of ['text', 12, null, undefined, { a: 1 }]) {
    it(`refuses to copy ${JSON.stringify(payload)}, naming the property`, async () => {
      node = await startPool();
      assert.match(
        await errorOf(node('lease'), { payload }),
        /msg\.payload is .*, expected a Buffer, typed array/,
      );
    });
  }

  it('serves an empty content without a lease', async () => {
    node = await startPool();
    const msg = await through(node('lease'), node('out'), { payload: Buffer.alloc(0) });
    assert.equal((msg.payload as Buffer).length, 0);
    assert.equal(statistics()?.leases, 0);
  });

  it('turns red and refuses messages without a pool', async () => {
    node = await startPool({ pool: 'gone' });
    assert.match(await errorOf(node('lease'), { payload: Buffer.alloc(9) }), /pool: "gone" is not valid/);
  });

  it('shows what is in use', async () => {
    node = await startPool({}, { autoReturn: false });
    await through(node('lease'), node('out'), { payload: Buffer.alloc(64 * 1024) });
    const shown = statuses(node('lease') as never).at(-1);
    assert.deepEqual(shown, { fill: 'blue', shape: 'dot', text: '1 · 64 KB in use · 0 % reused' });
  });
});
