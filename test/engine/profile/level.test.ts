import assert from 'node:assert/strict';
import { levelled } from '../../../src/profile/level';
import type { ProfileNode } from '../../../src/profile/sampler';

let id = 0;
function place(selfSize: number, ...children: ProfileNode[]): ProfileNode {
  id += 1;
  const callFrame = { functionName: '', scriptId: '', url: '', lineNumber: 0, columnNumber: 0 };
  return { id, callFrame, selfSize, children };
}

describe('a live profile', () => {
  const leaf = place(330);
  const profile = { head: place(0, place(770, leaf)), samples: [] };

  it('is brought down to what the heap has grown by, each place by its share', () => {
    assert.equal(Math.round(levelled(profile, 1_000)(leaf)), 300);
  });

  it('is brought down by a fifth at most, for what went meanwhile had been there before', () => {
    assert.equal(Math.round(levelled(profile, 10)(leaf)), 275);
  });

  it('stays as it is where the heap has grown by more: not all that grows is sampled', () => {
    assert.equal(levelled(profile, 5_000)(leaf), 330);
  });
});
