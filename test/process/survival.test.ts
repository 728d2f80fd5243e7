import assert from 'node:assert/strict';
import { survive } from '../../lab/survival-run';
import { csvImport } from '../../lab/workloads/csv-import';

/** More than it takes: a run ends when all records have arrived. */
const AT_MOST_MS = 90_000;

describe('the import of a CSV file in a heap of 128 MB', function () {
  this.timeout(2 * AT_MOST_MS);

  it('kills Node-RED with core nodes', async () => {
    const { by, arrived, sent } = await survive(csvImport, false, AT_MOST_MS);
    assert.equal(by, 'the heap was full');
    assert(arrived < sent);
  });

  it('goes through with memory-lazy, every record of it', async () => {
    const { by, arrived, sent, pauses } = await survive(csvImport, true, AT_MOST_MS);
    assert.deepEqual([by, arrived], [null, sent]);
    assert(sent > 100_000);
    assert(pauses && pauses.count > 0);
  });
});
