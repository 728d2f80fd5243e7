import type { Window } from './statistics';

/** Scales: ring k + 1 holds the lower of each two floors of ring k, so that eight rings span days of seconds. */
export const SCALES = 8;
const RING_FLOORS = 32;
const FIELDS = 2 * RING_FLOORS;
const PENDING = SCALES * FIELDS;
const COUNTS = PENDING + 2 * SCALES;

/** Per ring, oldest first: time, bytes, time, bytes …; and the half of a pair that waits for its partner. */
export type RingsState = { floors: number[]; pending: number[] }[];

/**
 * Eight rings of floors in one block of memory:
 *
 *   ring 0   f f f f f f f f            every floor
 *   ring 1   m . m . m . m .            the lower of two
 *   ring 2   m . . . m . . .            the lower of four …
 *
 *   | ring 0: 32 times, 32 sizes | ring 1 … | pending time, bytes per ring | floors taken per ring |
 */
export class Rings {
  readonly #cells = new Float64Array(COUNTS + SCALES);

  constructor() {
    this.clear();
  }

  add(time: number, bytes: number): void {
    let t = time;
    let v = bytes;
    for (let ring = 0; ring < SCALES; ring++) {
      this.#push(ring, t, v);
      if (ring + 1 === SCALES) return;
      const pending = PENDING + 2 * (ring + 1);
      const half = this.#cells[pending + 1] as number;
      // Below 0: none waits.
      if (half < 0) {
        this.#cells[pending] = t;
        this.#cells[pending + 1] = v;
        return;
      }
      if (half < v) {
        t = this.#cells[pending] as number;
        v = half;
      }
      this.#cells[pending + 1] = -1;
    }
  }

  /** Floors in `ring`, without the unfinished one. */
  length(ring: number): number {
    return Math.min(RING_FLOORS, this.#cells[COUNTS + ring] as number);
  }

  /** The finest ring that has lost no floor yet; the coarsest when all have. */
  finestWhole(): number {
    let ring = 0;
    while (ring + 1 < SCALES && this.length(ring) === RING_FLOORS) ring += 1;
    return ring;
  }

  /** Copies `ring`, oldest first, and its unfinished block as the last point, into `window`. */
  read(ring: number, window: Window): void {
    const { t, v } = window;
    const length = this.length(ring);
    const start = (this.#cells[COUNTS + ring] as number) - length;
    for (let i = 0; i < length; i++) {
      const at = ring * FIELDS + ((start + i) % RING_FLOORS);
      t[i] = this.#cells[at] as number;
      v[i] = this.#cells[at + RING_FLOORS] as number;
    }
    // The unfinished block: halves that wait in this ring and in all finer ones.
    let low = Number.POSITIVE_INFINITY;
    for (let finer = 1; finer <= ring; finer++) {
      const half = this.#cells[PENDING + 2 * finer + 1] as number;
      if (half < 0 || half >= low) continue;
      low = half;
      t[length] = this.#cells[PENDING + 2 * finer] as number;
      v[length] = half;
    }
    window.n = low === Number.POSITIVE_INFINITY ? length : length + 1;
  }

  clear(): void {
    this.#cells.fill(0);
    for (let ring = 0; ring < SCALES; ring++) this.#cells[PENDING + 2 * ring + 1] = -1;
  }

  toJSON(): RingsState {
    return Array.from({ length: SCALES }, (_, ring) => {
      const count = this.#cells[COUNTS + ring] as number;
      const floors: number[] = [];
      for (let i = count - this.length(ring); i < count; i++) {
        const at = ring * FIELDS + (i % RING_FLOORS);
        floors.push(this.#cells[at] as number, this.#cells[at + RING_FLOORS] as number);
      }
      return { floors, pending: [...this.#cells.subarray(PENDING + 2 * ring, PENDING + 2 * ring + 2)] };
    });
  }

  restore(state: RingsState): void {
    this.clear();
    for (const [ring, { floors, pending }] of state.slice(0, SCALES).entries()) {
      for (let i = 0; i + 1 < Math.min(floors.length, FIELDS); i += 2)
        this.#push(ring, floors[i] as number, floors[i + 1] as number);
      this.#cells.set(pending.slice(0, 2), PENDING + 2 * ring);
    }
  }

  #push(ring: number, time: number, bytes: number): void {
    const count = this.#cells[COUNTS + ring] as number;
    const at = ring * FIELDS + (count % RING_FLOORS);
    this.#cells[at] = time;
    this.#cells[at + RING_FLOORS] = bytes;
    this.#cells[COUNTS + ring] = count + 1;
  }
}
