import assert from 'node:assert/strict';
import { Rings, SCALES } from '../../../src/trend/rings';
import { sharedWindow } from '../../../src/trend/statistics';

function read(rings: Rings, ring: number): [time: number, bytes: number][] {
  rings.read(ring, sharedWindow);
  return Array.from({ length: sharedWindow.n }, (_, i) => [
    sharedWindow.t[i] as number,
    sharedWindow.v[i] as number,
  ]);
}

function filled(count: number, bytes: (time: number) => number): Rings {
  const rings = new Rings();
  for (let time = 0; time < count; time++) rings.add(time, bytes(time));
  return rings;
}

describe('Rings', () => {
  it('hold the lower of each two floors of the ring below, with its time', () => {
    const rings = filled(8, (time) => [50, 40, 60, 70, 30, 80, 90, 20][time] as number);
    assert.deepEqual(read(rings, 0).length, 8);
    assert.deepEqual(read(rings, 1), [
      [1, 40],
      [2, 60],
      [4, 30],
      [7, 20],
    ]);
    assert.deepEqual(read(rings, 2), [
      [1, 40],
      [7, 20],
    ]);
    assert.deepEqual(read(rings, 3), [[7, 20]]);
  });

  it('know the finest of them that has lost no floor', () => {
    const finest = [0, 31, 32, 64, 128].map((count) => filled(count, () => 1).finestWhole());
    assert.deepEqual(finest, [0, 0, 1, 2, 3]);
  });

  it('show the unfinished block as the last point', () => {
    const rings = filled(7, (time) => 10 + time);
    assert.deepEqual(read(rings, 1).at(-1), [6, 16]);
    // Floors 4 and 5 wait as one half, floor 6 as another.
    assert.deepEqual(read(rings, 2), [
      [0, 10],
      [4, 14],
    ]);
  });

  it('keep the last 32 of each scale, oldest first', () => {
    const rings = filled(10_000, (time) => time);
    const finest = read(rings, 0);
    assert.deepEqual([finest.length, finest[0], finest[31]], [32, [9968, 9968], [9999, 9999]]);
    const coarsest = read(rings, SCALES - 1);
    assert.ok((coarsest[0] as [number, number])[0] < 10_000 - 32 * 100);
  });

  it('are empty again when cleared', () => {
    const rings = filled(100, (time) => time);
    rings.clear();
    for (let ring = 0; ring < SCALES; ring++) assert.equal(read(rings, ring).length, 0);
  });

  it('come back from JSON with all scales and waiting halves', () => {
    for (const count of [0, 1, 7, 33, 1001]) {
      const rings = filled(count, (time) => (time * 7919) % 101);
      const copy = new Rings();
      copy.restore(JSON.parse(JSON.stringify(rings)));
      for (let time = count; time < count + 77; time++) {
        rings.add(time, time % 13);
        copy.add(time, time % 13);
      }
      assert.deepEqual(copy.toJSON(), rings.toJSON());
      for (let ring = 0; ring < SCALES; ring++) assert.deepEqual(read(copy, ring), read(rings, ring));
    }
  });
});
