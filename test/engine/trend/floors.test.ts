import assert from 'node:assert/strict';
import { Floors } from '../../../src/trend/floors';

/** Feeds values at times 0, 1, 2 …; returns the floors as [time, bytes]. */
function floorsOf(floors: Floors, values: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const [time, value] of values.entries())
    if (floors.add(time, value)) found.push([floors.time, floors.bytes]);
  return found;
}

describe('Floors', () => {
  it('gives the lowest of each block, with the time it was read', () => {
    assert.deepEqual(floorsOf(new Floors(3), [105, 101, 104, 103, 103, 102, 109]), [
      [1, 101],
      [5, 102],
    ]);
  });

  it('makes a floor of each reading when a block is one', () => {
    assert.deepEqual(floorsOf(new Floors(1), [7, 9]), [
      [0, 7],
      [1, 9],
    ]);
  });

  it('forgets an unfinished block when restarted', () => {
    const floors = new Floors(2);
    floors.add(0, 1);
    floors.restart();
    assert.deepEqual(floorsOf(floors, [5, 6]), [[0, 5]]);
  });

  it('goes on from its state within a block', () => {
    const values = Array.from({ length: 50 }, (_, i) => 100 + ((i * 37) % 90));
    const whole = new Floors(6);
    const copy = new Floors(6);
    for (const [time, value] of values.entries()) {
      if (time === 23) copy.restore(JSON.parse(JSON.stringify(whole)));
      const finished = whole.add(time, value);
      if (time >= 23) assert.equal(copy.add(time, value), finished);
    }
    assert.deepEqual(copy.toJSON(), whole.toJSON());
  });
});
