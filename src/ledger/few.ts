/** Up to so many are found by looking at each. */
const FEW = 48;

/**
 * Values by object, as a Map, for maps that are small and change all the time. A Map that is added to and deleted
 * from makes itself a new table every few entries, and the old ones keep what was in them alive until the next major
 * collection; here nothing is allocated, and looking through a few is quicker than hashing. Beyond `FEW` entries it is
 * a Map, until it is empty again.
 */
export class FewByObject<V> {
  readonly #keys: object[] = [];
  readonly #values: V[] = [];
  #many: Map<object, V> | null = null;

  get size(): number {
    return this.#many ? this.#many.size : this.#keys.length;
  }

  get(key: object): V | undefined {
    if (this.#many) return this.#many.get(key);
    const at = this.#keys.indexOf(key);
    return at < 0 ? undefined : this.#values[at];
  }

  set(key: object, value: V): void {
    if (this.#many) {
      this.#many.set(key, value);
      return;
    }
    const at = this.#keys.indexOf(key);
    if (at >= 0) this.#values[at] = value;
    else if (this.#keys.length < FEW) {
      this.#keys.push(key);
      this.#values.push(value);
    } else {
      this.#many = new Map(this);
      this.#many.set(key, value);
      this.#keys.length = this.#values.length = 0;
    }
  }

  delete(key: object): void {
    if (this.#many) {
      this.#many.delete(key);
      if (this.#many.size === 0) this.#many = null;
      return;
    }
    const at = this.#keys.indexOf(key);
    if (at < 0) return;
    const lastKey = this.#keys.pop() as object;
    const lastValue = this.#values.pop() as V;
    if (at === this.#keys.length) return;
    this.#keys[at] = lastKey;
    this.#values[at] = lastValue;
  }

  clear(): void {
    this.#many = null;
    this.#keys.length = this.#values.length = 0;
  }

  /** May be deleted from meanwhile. */
  *[Symbol.iterator](): Generator<[object, V]> {
    if (this.#many) yield* this.#many;
    else
      for (let at = this.#keys.length - 1; at >= 0; at -= 1)
        yield [this.#keys[at] as object, this.#values[at] as V];
  }

  *values(): Generator<V> {
    for (const [, value] of this) yield value;
  }
}
