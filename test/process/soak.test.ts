import assert from 'node:assert/strict';
import { soak } from '../../lab/soak';

const MB = 1_048_576;

describe('all nodes in one flow under load', function () {
  this.timeout(180_000);

  it('leave nothing behind after redeploys of every kind and jumps of the clock', async function () {
    if (process.platform !== 'linux') this.skip();
    const { before, after, complaints } = await soak(40);
    const { heapUsed: heapBefore, arrayBuffers: buffersBefore, ...heldBefore } = before;
    const { heapUsed: heapAfter, arrayBuffers: buffersAfter, ...heldAfter } = after;
    assert.deepEqual(heldAfter, heldBefore);
    // Node-RED's own Buffers, of its last deploys, come and go by some kilobytes.
    assert(buffersAfter - buffersBefore < MB / 4, `${buffersBefore} → ${buffersAfter}`);
    assert(heapAfter - heapBefore < 4 * MB, `${heapBefore} → ${heapAfter}`);
    assert.deepEqual(complaints, []);
  });
});
