import assert from 'node:assert/strict';
import { NO_SHARES, readShares } from '../../../src/sample/shares';
import { machine } from '../../support/machines';

const KB = 1024;

describe('what a process adds to the machine', () => {
  it('is read from smaps_rollup: PSS, unshared pages, swap', () => {
    assert.deepEqual(readShares(machine('container-v2')), {
      pss: 188422 * KB,
      uss: (9908 + 174804) * KB,
      swap: 4096 * KB,
    });
  });

  it('is read in the shorter form of older kernels', () => {
    assert.deepEqual(readShares(machine('pi-32')), {
      pss: 55012 * KB,
      uss: (5860 + 48140) * KB,
      swap: 1536 * KB,
    });
  });

  it('is null where the kernel has no smaps_rollup', () => {
    for (const name of ['old-kernel', 'macos', 'windows'] as const) {
      assert.deepEqual(readShares(machine(name)), NO_SHARES, name);
    }
  });

  it('is null where the file is broken, and for a process that is gone', () => {
    assert.deepEqual(readShares(machine('malformed')), NO_SHARES);
    assert.deepEqual(readShares(machine('pi-64', { '/proc/self/smaps_rollup': '' })), NO_SHARES);
    assert.deepEqual(readShares(machine('pi-64'), 4711), NO_SHARES);
  });
});
