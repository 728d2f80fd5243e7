import assert from 'node:assert/strict';
import { SeenBuffers } from '../../../src/profile/seen';

const always = (): boolean => true;
const KB = 1_024;

describe('Buffers seen in messages', () => {
  it('are with the node that got them last, and with who sent them where that one is gone', () => {
    const seen = new SeenBuffers();
    const payload = { frame: Buffer.alloc(100 * KB) };
    seen.arrived({ payload }, 'first', 'camera');
    seen.arrived({ payload: payload.frame.subarray(10) }, 'second', 'first');
    assert.deepEqual([...seen.live(always)], [['second', 100 * KB]]);
    assert.deepEqual([...seen.live((id) => id !== 'second')], [['camera', 100 * KB]]);
  });

  it('count once, whatever shows them, and no more once their memory was moved on', () => {
    const seen = new SeenBuffers();
    const memory = new ArrayBuffer(64 * KB);
    seen.arrived({ payload: [new Uint8Array(memory), new DataView(memory)], copy: memory }, 'keeper');
    assert.equal(seen.live(always).get('keeper'), 64 * KB);
    structuredClone(memory, { transfer: [memory] });
    assert.equal(seen.live(always).size, 0);
  });

  it('beyond those that are remembered, are told from a sample', () => {
    const seen = new SeenBuffers();
    const kept = Array.from({ length: 30_000 }, (_, n) => Buffer.alloc((n % 2 === 0 ? 1 : 3) * 2 * KB));
    for (const payload of kept) {
      seen.arrived({ payload }, 'a', 'camera');
      // Passed on, they are no new ones.
      if (payload.length > 2 * KB) seen.arrived({ payload }, 'b', 'a');
    }
    const { a = 0, b = 0 } = Object.fromEntries(seen.live(always));
    const truth = kept.reduce((sum, { length }) => sum + length, 0);
    assert.ok(Math.abs((a + b) / truth - 1) < 0.2, `${a + b} of ${truth} bytes`);
  });
});
