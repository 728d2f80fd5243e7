import { BlockTree, blockEnd } from './block-tree';
import { clearMoments, MOMENT_CELLS, type Moments, readMoments } from './moments';
import { RingView } from './view';

export interface RingOptions {
  /** Samples kept: a whole number from 1. */
  capacity: number;
  /** Names of the columns beside the time. */
  fields: readonly string[];
}

/** Room for so many samples is made first; a key that is heard of once costs no more. */
const FIRST_SLOTS = 16;

/**
 * A fixed-capacity window of samples, oldest out first: a time and one number per field, each column a `Float64Array`
 * of its own. A number that is missing is a NaN.
 *
 *                head: the oldest                          not full yet:      head          next
 *                 |                                                            |             |
 *   time   | 17 18 | 11 12 13 14 15 16 |      room for 8       time   | · · · | 11 12 13 14 | · |
 *   temp   | …   … | …               … |
 *                 ^ the next sample goes here, in the oldest one's place
 *
 * Room grows by doubling up to the capacity, and shrinks again when samples expire. Push and drop take O(1). Running
 * figures come from a {@link BlockTree} per field, which takes in what came since it was last asked: who pushes and
 * never asks pays nothing for them. A sample of (time, value) takes 16.76 bytes when the ring is full.
 * Times may go backwards: samples keep the order in which they came, and their own times.
 */
export class Ring {
  readonly capacity: number;
  readonly fields: readonly string[];
  /** Samples pushed since the ring was made. */
  pushed = 0;
  #length: number;
  #time: Float64Array;
  #columns: Float64Array[];
  #trees: BlockTree[];
  /** Of `pushed`, those that the trees have taken in. */
  #takenIn = 0;
  #head = 0;
  #count = 0;
  /** Neighbours in the window whose times go backwards: without any, times are searched, not scanned. */
  #backwards = 0;

  constructor({ capacity, fields }: RingOptions) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new TypeError(`Ring: capacity is ${capacity}, expected a whole number from 1`);
    if (fields.length === 0) throw new TypeError('Ring: fields is empty, expected one name or more');
    this.capacity = capacity;
    this.fields = fields;
    this.#length = Math.min(capacity, FIRST_SLOTS);
    this.#time = new Float64Array(this.#length);
    this.#columns = fields.map(() => new Float64Array(this.#length));
    this.#trees = fields.map(() => new BlockTree(this.#length));
  }

  /** Samples in the window. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all columns and figures, the room not used yet included. */
  get bytes(): number {
    return this.#trees.reduce((sum, { bytes }) => sum + bytes, this.#length * this.rowBytes);
  }

  /** Bytes of one sample in the columns. */
  get rowBytes(): number {
    return (1 + this.fields.length) * Float64Array.BYTES_PER_ELEMENT;
  }

  /** The time of the oldest sample, and of the one that came last; null when there is none. */
  get span(): { first: number; last: number } | null {
    if (this.#count === 0) return null;
    return {
      first: this.#time[this.#head] as number,
      last: this.#time[this.#slot(this.#count - 1)] as number,
    };
  }

  /**
   * Takes in a sample; the oldest goes when the ring is full.
   * @param time - ms
   * @param values - one number per field in their order, NaN where it is missing
   */
  push(time: number, values: ArrayLike<number>): void {
    if (this.#count === this.#length) {
      if (this.#length < this.capacity) this.#resize(Math.min(this.capacity, 2 * this.#length));
      else this.#dropOne();
    }
    const count = this.#count;
    const length = this.#length;
    const times = this.#time;
    const next = this.#head + count;
    const slot = next >= length ? next - length : next;
    if (count > 0 && time < (times[slot === 0 ? length - 1 : slot - 1] as number)) this.#backwards += 1;
    times[slot] = time;
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) (columns[i] as Float64Array)[slot] = values[i] as number;
    this.#count = count + 1;
    this.pushed += 1;
  }

  /** Lets go of the oldest samples. */
  drop(samples: number): void {
    for (let left = Math.min(samples, this.#count); left > 0; left--) this.#dropOne();
    if (this.#count === 0) this.#head = 0;
  }

  /** Lets go of the oldest samples as long as they are older than `time`; returns how many went. */
  expire(time: number): number {
    const before = this.#count;
    while (this.#count > 0 && (this.#time[this.#head] as number) < time) this.drop(1);
    if (this.#length > FIRST_SLOTS && this.#count < this.#length / 4)
      this.#resize(Math.max(FIRST_SLOTS, this.#length >>> 1));
    return before - this.#count;
  }

  /** Running figures of one field over the whole window. */
  moments(field: string): Moments {
    const at = this.#fieldAt(field);
    this.#takeIn();
    const tree = this.#trees[at] as BlockTree;
    const column = this.#columns[at] as Float64Array;
    const cells = new Float64Array(MOMENT_CELLS);
    clearMoments(cells, 0);
    const end = this.#head + this.#count;
    tree.collect(this.#head, Math.min(end, this.#length), column, cells);
    if (end > this.#length) tree.collect(0, end - this.#length, column, cells);
    return readMoments(cells);
  }

  /** The whole window, oldest first. Views show the ring's own memory: read them before the next push. */
  all(): RingView {
    return this.#view(0, this.#count);
  }

  /** The newest `samples`, or all when there are fewer. */
  last(samples: number): RingView {
    const length = Math.min(Math.max(0, samples), this.#count);
    return this.#view(this.#count - length, length);
  }

  /**
   * The samples with `from` ≤ time ≤ `to`. A part of the window where times only rise; else, the ones that fit are
   * picked by a scan.
   */
  between(from: number, to: number): RingView {
    if (this.#backwards > 0) {
      const fits = (time: number): boolean => time >= from && time <= to;
      return this.all().pick(fits);
    }
    const begin = this.#search((time) => time >= from);
    const end = this.#search((time) => time > to);
    return this.#view(begin, Math.max(0, end - begin));
  }

  #view(begin: number, length: number): RingView {
    const names = ['time', ...this.fields];
    const columns = [this.#time, ...this.#columns];
    const slot = length === 0 ? 0 : this.#slot(begin);
    const parts = columns.map((column) => {
      const first = column.subarray(slot, Math.min(slot + length, this.#length));
      const rest = length - first.length;
      return rest > 0 ? [first, column.subarray(0, rest)] : [first];
    });
    return new RingView(names, parts, length);
  }

  /** The place in the window of the first sample whose time is past; the count when none is. */
  #search(past: (time: number) => boolean): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (past(this.#time[this.#slot(middle)] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #slot(place: number): number {
    const slot = this.#head + place;
    return slot >= this.#length ? slot - this.#length : slot;
  }

  #dropOne(): void {
    const head = this.#head;
    const next = head + 1 === this.#length ? 0 : head + 1;
    this.#head = next;
    this.#count -= 1;
    if (this.#backwards > 0 && this.#count > 0 && (this.#time[next] as number) < (this.#time[head] as number))
      this.#backwards -= 1;
  }

  /** Closes the blocks that were filled since this was last done, oldest first. */
  #takeIn(): void {
    const length = this.#length;
    const end = this.#head + this.#count;
    let place = end - Math.min(this.#count, this.pushed - this.#takenIn);
    this.#takenIn = this.pushed;
    while (place < end) {
      const round = place < length ? 0 : length;
      const last = blockEnd(place - round, length);
      if (round + last >= end) return;
      for (let i = 0; i < this.#trees.length; i++)
        (this.#trees[i] as BlockTree).close(last, this.#columns[i] as Float64Array);
      place = round + last + 1;
    }
  }

  #fieldAt(field: string): number {
    const at = this.fields.indexOf(field);
    if (at < 0)
      throw new TypeError(`Ring: field ${field} is not known, expected one of ${this.fields.join(', ')}`);
    return at;
  }

  /** Moves the window, oldest first, into columns of another length. */
  #resize(length: number): void {
    const view = this.all();
    const moved = (name: string): Float64Array => {
      const column = new Float64Array(length);
      let at = 0;
      for (const part of view.parts(name)) {
        column.set(part, at);
        at += part.length;
      }
      return column;
    };
    this.#time = moved('time');
    this.#columns = this.fields.map(moved);
    this.#trees = this.fields.map(() => new BlockTree(length));
    this.#takenIn = this.pushed - this.#count;
    this.#length = length;
    this.#head = 0;
  }
}
