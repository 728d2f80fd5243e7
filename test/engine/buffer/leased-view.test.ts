import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Pool } from '../../../src/buffer';
import { cellRequire } from '../../../tools/node-red/cell';

const { util } = cellRequire()('@node-red/util') as { util: { cloneMessage<M>(msg: M): M } };

describe('a leased buffer', () => {
  const pool = new Pool('views');
  after(() => pool.close());

  it('is a Buffer to everybody', () => {
    const { buffer } = pool.lease(5_000);
    assert.equal(Buffer.isBuffer(buffer), true);
    assert.equal(buffer.constructor, Buffer);
    buffer.write('hello');
    assert.equal(buffer.toString('utf8', 0, 5), 'hello');
    assert.equal(Buffer.isBuffer(buffer.subarray(1)), true);
    assert.equal(buffer.readUInt8(0), 104);
    assert.equal(Buffer.concat([buffer]).length, 5_000);
    assert.deepEqual(JSON.parse(JSON.stringify(buffer.subarray(0, 2))), { type: 'Buffer', data: [104, 101] });
  });

  it('is cut as any Buffer is', () => {
    const { buffer } = pool.lease(4_096);
    for (let at = 0; at < buffer.length; at += 1) buffer[at] = at % 251;
    const plain = Buffer.from(buffer);
    const place = fc.option(fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.double()), {
      nil: undefined,
    });
    fc.assert(
      fc.property(place, place, (start, end) => {
        for (const part of [buffer.slice(start, end), buffer.subarray(start, end)]) {
          assert.ok(part.equals(plain.subarray(start, end)));
        }
        return isDeepStrictEqual(
          [...buffer.subarray(start, end).subarray(1, 3)],
          [...plain.subarray(start, end).subarray(1, 3)],
        );
      }),
    );
  });

  it('is cloned by Node-RED as a view of the same memory, and as an empty one once it was returned', () => {
    const lease = pool.lease(5_000);
    const msg = { payload: lease.buffer };
    const clone = util.cloneMessage(msg).payload;
    assert.equal(clone.buffer, lease.buffer.buffer);
    lease.release();
    for (const stale of [msg.payload, clone, clone.subarray(3)]) {
      assert.equal(stale.length, 0);
      assert.equal(util.cloneMessage({ payload: stale }).payload.length, 0);
      assert.equal(stale.toString(), '');
    }
  });
});
