import assert from 'node:assert/strict';
import { HeldHeap } from '../../../src/gate/held-heap';

const MB = 2 ** 20;

/** A heap whose figures the test sets. */
function heapOf(used: number, pages: number) {
  const figures = { used: used * MB, pages: pages * MB };
  const held = new HeldHeap(() => ({ ...figures }));
  const set = (to: number, inPages: number): void => {
    figures.used = to * MB;
    figures.pages = inPages * MB;
  };
  const heldMb = (): number => Math.round(held.bytes / MB);
  /** Memory grows to so much, and a full collection leaves so much. */
  const collect = (peak: number, left: number, inPages = left): void => {
    set(peak, peak);
    heldMb();
    set(left, inPages);
    held.collected();
  };
  return { held, set, heldMb, collect };
}

describe('HeldHeap', () => {
  it('counts all that is used before the first full collection', () => {
    const { held, heldMb } = heapOf(70, 90);
    assert.equal(heldMb(), 70);
    held.close();
  });

  it('counts all that is new while nothing is known of what stays', () => {
    const { held, set, heldMb } = heapOf(40, 40);
    held.collected();
    set(100, 60);
    assert.equal(heldMb(), 100);
    held.close();
  });

  it('does not take for live what has turned out to be garbage', () => {
    const { held, set, heldMb, collect } = heapOf(40, 40);
    held.collected();
    collect(100, 40);
    set(110, 90);
    assert.equal(heldMb(), 40);
    held.close();
  });

  it('expects of new memory the largest share that stayed lately', () => {
    const { held, set, heldMb, collect } = heapOf(40, 40);
    held.collected();
    collect(60, 50);
    collect(70, 51);
    set(91, 70);
    assert.equal(heldMb(), 71);
    collect(91, 51);
    collect(91, 51);
    collect(91, 51);
    set(91, 80);
    assert.equal(heldMb(), 51);
    held.close();
  });

  it('counts pages, which V8 cannot fill to the last byte', () => {
    const { held, heldMb, collect } = heapOf(40, 45);
    held.collected();
    collect(115, 110, 119);
    assert.equal(heldMb(), 119);
    held.close();
  });

  it('follows pages that are given back after the collection', () => {
    const { held, set, heldMb, collect } = heapOf(40, 45);
    held.collected();
    collect(115, 60, 119);
    set(60, 80);
    assert.equal(heldMb(), 80);
    held.close();
  });

  it('learns nothing from collections with hardly anything between them', () => {
    const { held, set, heldMb, collect } = heapOf(50, 50);
    held.collected();
    collect(100, 50);
    collect(50.5, 50.5);
    set(100, 90);
    assert.equal(heldMb(), 51);
    held.close();
  });
});
