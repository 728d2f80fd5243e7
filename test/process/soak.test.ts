import assert from 'node:assert/strict';
import { soak } from '../../lab/soak';

const MB = 1_048_576;
/** Of some 150,000. One a redeploy and node would be 800; Node-RED and V8 fill caches of their own by some hundred. */
const MOST_OBJECTS = 600;

describe('all nodes in one flow under load', function () {
  this.timeout(180_000);

  it('leave nothing behind after redeploys of every kind and jumps of the clock', async function () {
    if (process.platform !== 'linux') this.skip();
    const { before, after, complaints } = await soak(40);
    const { objects: objectsBefore, code: _before, arrayBuffers: buffersBefore, ...heldBefore } = before;
    const { objects: objectsAfter, code: _after, arrayBuffers: buffersAfter, ...heldAfter } = after;
    assert.deepEqual(heldAfter, heldBefore);
    // Node-RED's own Buffers, of its last deploys, come and go by some kilobytes.
    assert(buffersAfter - buffersBefore < MB / 4, `${buffersBefore} → ${buffersAfter}`);
    const more = objectsAfter.count - objectsBefore.count;
    assert(more < MOST_OBJECTS, `${more} objects more, ${objectsAfter.bytes - objectsBefore.bytes} bytes`);
    assert.deepEqual(complaints, []);
  });
});
