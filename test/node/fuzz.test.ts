import assert from 'node:assert/strict';
import { fuzz } from '../../lab/fuzz';
import { manifest } from '../support/package';

/** Shared out to the node types; the lab tries a million. */
const CASES = 20_000;

describe('odd configurations and messages', function () {
  this.timeout(300_000);

  it('bring no node down: nothing uncaught, nothing uncompleted, no stalled stop, no changed prototype', async () => {
    const rows = await fuzz({ cases: CASES, seed: 20_261_124 });
    assert.deepEqual(
      rows.flatMap(({ faults }) => faults),
      [],
    );
    assert.equal(rows.length, Object.keys(manifest['node-red'].nodes).length);
    for (const { type, configs, refused } of rows) assert(refused < configs, `${type} also runs`);
  });
});
