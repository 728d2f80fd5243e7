import assert from 'node:assert/strict';
import { heapLimit } from '../../../src/sample/heap-limit';

const MB = 2 ** 20;

describe('heapLimit', () => {
  it('is what V8 says where no limit of the old space is set', () => {
    assert.equal(heapLimit(4144 * MB, [], ''), 4144 * MB);
    assert.equal(heapLimit(4144 * MB, ['--max-semi-space-size=2', '--max-old-space-size=0'], ''), 4144 * MB);
  });

  it('is the limit of the old space where one is set, however it is written', () => {
    assert.equal(heapLimit(176 * MB, ['--max-old-space-size=128'], ''), 128 * MB);
    assert.equal(heapLimit(176 * MB, ['--max_old_space_size', '128'], ''), 128 * MB);
    assert.equal(heapLimit(176 * MB, [], '--no-warnings --max-old-space-size=128'), 128 * MB);
  });

  it('takes the last mention, the command line behind NODE_OPTIONS', () => {
    assert.equal(heapLimit(300 * MB, ['--max-old-space-size=96'], '--max-old-space-size=128'), 96 * MB);
  });

  it('never exceeds what V8 says', () => {
    assert.equal(heapLimit(150 * MB, ['--max-old-space-size=512'], ''), 150 * MB);
  });

  it('is null where V8 tells no limit', () => {
    assert.equal(heapLimit(0, [], ''), null);
  });
});
