/** No neighbour. */
const NONE = 0xffff_ffff;

export const EVICTIONS = ['lru', 'lfu'] as const;
export type Eviction = (typeof EVICTIONS)[number];

/**
 * Which slot goes next, in one doubly linked list of slot numbers, all steps O(1):
 *
 *   first (goes next)                                last
 *     3  <->  0  <->  7  <->  1  <->  5  <->  2
 *   lru:  not used for longest  …  used last
 *   lfu:  1x      1x  |  2x  |  9x      9x  |  40x       of equal use: not used for longest first
 *
 * For LFU the last slot of each number of uses is known, so that one more use is a step to behind it (Shah, Mitra and
 * Matani 2010). A new slot takes over the number of uses of the one that went, plus one, as in Space-Saving (Metwally,
 * Agrawal and El Abbadi 2005): with room for n slots, one that has more than 1/n of all uses is never put out, though
 * it begins when the table is full.
 */
export class EvictionOrder {
  #before: Uint32Array;
  #after: Uint32Array;
  #first = NONE;
  #last = NONE;
  /** Only for LFU. */
  readonly #frequency: FrequencyMarks | null;
  /** Uses of the slot that went last: what a new one begins with. */
  #base = 0;

  constructor(eviction: Eviction, length: number) {
    this.#before = new Uint32Array(length);
    this.#after = new Uint32Array(length);
    this.#frequency = eviction === 'lfu' ? new FrequencyMarks(length) : null;
  }

  grow(length: number): void {
    this.#before = grown(this.#before, length);
    this.#after = grown(this.#after, length);
    if (this.#frequency) this.#frequency.uses = grown(this.#frequency.uses, length);
  }

  /** The slot that goes next. */
  get first(): number | undefined {
    return this.#first === NONE ? undefined : this.#first;
  }

  /** Uses of a slot as LFU counts them; 0 for LRU. */
  usesOf(slot: number): number {
    return this.#frequency?.uses[slot] ?? 0;
  }

  /** A slot that was free is used now. `uses`: as it had before, where it is restored. */
  add(slot: number, uses = this.#base + 1): void {
    this.#insertAfter(this.#frequency ? this.#placeFor(slot, uses, this.#frequency) : this.#last, slot);
  }

  /** A slot is used again. */
  touch(slot: number): void {
    if (!this.#frequency) {
      if (slot === this.#last) return;
      this.#unlink(slot);
      this.#insertAfter(this.#last, slot);
      return;
    }
    const marks = this.#frequency;
    const uses = marks.uses[slot] as number;
    const behind = marks.last.get(uses + 1) ?? marks.last.get(uses) ?? NONE;
    this.#forget(slot, marks);
    if (behind !== slot) {
      this.#unlink(slot);
      this.#insertAfter(behind, slot);
    }
    marks.uses[slot] = uses + 1;
    marks.last.set(uses + 1, slot);
  }

  /** A slot is free again. `evicted`: it had to go, and the next new one takes its place. */
  remove(slot: number, evicted: boolean): void {
    if (this.#frequency) {
      if (evicted) this.#base = this.#frequency.uses[slot] as number;
      this.#forget(slot, this.#frequency);
    }
    this.#unlink(slot);
  }

  /** After slots were restored: new ones begin beside those used least. */
  settle(): void {
    if (this.#frequency && this.#first !== NONE)
      this.#base = (this.#frequency.uses[this.#first] as number) - 1;
  }

  clear(): void {
    this.#first = NONE;
    this.#last = NONE;
    this.#base = 0;
    this.#frequency?.last.clear();
  }

  /** Slots, the one that goes next first. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let slot = this.#first; slot !== NONE; slot = this.#after[slot] as number) yield slot;
  }

  /** The slot behind which one of so many uses belongs, marked as the last of them. */
  #placeFor(slot: number, uses: number, marks: FrequencyMarks): number {
    let place = marks.last.get(uses) ?? marks.last.get(uses - 1);
    if (place === undefined && this.#last !== NONE && (marks.uses[this.#last] as number) <= uses)
      place = this.#last;
    if (place === undefined) {
      place = NONE;
      for (const other of this) {
        if ((marks.uses[other] as number) > uses) break;
        place = other;
      }
    }
    marks.uses[slot] = uses;
    marks.last.set(uses, slot);
    return place;
  }

  /** A slot is no longer the last of its number of uses. */
  #forget(slot: number, { uses, last }: FrequencyMarks): void {
    const count = uses[slot] as number;
    if (last.get(count) !== slot) return;
    const before = this.#before[slot] as number;
    if (before !== NONE && uses[before] === count) last.set(count, before);
    else last.delete(count);
  }

  #insertAfter(place: number, slot: number): void {
    const next = place === NONE ? this.#first : (this.#after[place] as number);
    this.#before[slot] = place;
    this.#after[slot] = next;
    if (place === NONE) this.#first = slot;
    else this.#after[place] = slot;
    if (next === NONE) this.#last = slot;
    else this.#before[next] = slot;
  }

  #unlink(slot: number): void {
    const before = this.#before[slot] as number;
    const after = this.#after[slot] as number;
    if (before === NONE) this.#first = after;
    else this.#after[before] = after;
    if (after === NONE) this.#last = before;
    else this.#before[after] = before;
  }
}

class FrequencyMarks {
  uses: Float64Array<ArrayBuffer>;
  /** The last slot of each number of uses. */
  readonly last = new Map<number, number>();

  constructor(length: number) {
    this.uses = new Float64Array(length);
  }
}

/** A longer array with the same beginning. */
export function grown<A extends Uint32Array | Float64Array>(array: A, length: number): A {
  const longer = new (array.constructor as new (length: number) => A)(length);
  longer.set(array);
  return longer;
}
