import assert from 'node:assert/strict';
import { GcWindow } from '../../../src/gc/observe';
import { collect } from '../../../src/gc/trigger';

function told(kind: 'minor' | 'major'): Promise<boolean> {
  return new Promise((resolve) => {
    const window = new GcWindow({
      onCollections(major) {
        window.close();
        resolve(major);
      },
    });
    collect({ kind, execution: 'sync' }).catch(() => null);
  });
}

describe('GcWindow onCollections', () => {
  it('is told of each batch, and whether a full collection was among it', async () => {
    assert.equal(await told('minor'), false);
    assert.equal(await told('major'), true);
  });

  it('is told nothing after close', async () => {
    let calls = 0;
    const watching = new GcWindow();
    new GcWindow({ onCollections: () => (calls += 1) }).close();
    await told('major');
    watching.close();
    assert.equal(calls, 0);
  });
});
