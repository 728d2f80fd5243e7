import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classOf } from '../../../src/buffer/size-class';

describe('size classes', () => {
  it('are four per doubling', () => {
    assert.deepEqual(
      [1, 4096, 4097, 5121, 7168, 7169, 8193, 65536, 65537, 1048576].map(classOf),
      [4096, 4096, 5120, 6144, 7168, 8192, 10240, 65536, 81920, 1048576],
    );
  });

  it('leave at most a fifth idle, and hold what is asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4096, max: 2 ** 31 }), (bytes) => {
        const size = classOf(bytes);
        assert.ok(size >= bytes && (size - bytes) / size <= 0.2, `${bytes} in ${size}`);
        assert.equal(classOf(size), size);
      }),
    );
  });
});
