import assert from 'node:assert/strict';
import { fuzz } from '../../lab/fuzz';
import { currentCell } from '../../tools/node-red/cell';
import { manifest } from '../support/package';

/** Shared out to the node types; the lab tries a million. */
const CASES = 20_000;

describe('odd configurations and messages', function () {
  this.timeout(300_000);

  // It counts completions by hooks, which the test helper of Node-RED 5 does not tell.
  before(function () {
    if (currentCell().name !== 'nr4') this.skip();
  });

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
