/**
 * Idle memory by size class. What is not used for two trims is dropped, as in Go's sync.Pool:
 *
 *     put ──> fresh ──trim──> victim ──trim──> dropped
 *               └────> take <────┘
 *
 * A busy class keeps what it needs; a quiet one is empty two trims later.
 */
export class FreeList {
  readonly #classes = new Map<number, { fresh: ArrayBuffer[]; victim: ArrayBuffer[] }>();
  /** Bytes of all idle memory. */
  bytes = 0;

  put(memory: ArrayBuffer): void {
    const size = memory.byteLength;
    let list = this.#classes.get(size);
    if (!list) {
      list = { fresh: [], victim: [] };
      this.#classes.set(size, list);
    }
    list.fresh.push(memory);
    this.bytes += size;
  }

  /** The newest idle memory of a class, which the processor's caches know best; undefined when there is none. */
  take(size: number): ArrayBuffer | undefined {
    const list = this.#classes.get(size);
    const memory = list?.fresh.pop() ?? list?.victim.pop();
    if (memory) this.bytes -= size;
    return memory;
  }

  trim(): void {
    for (const [size, list] of this.#classes) {
      this.bytes -= size * list.victim.length;
      list.victim = list.fresh;
      list.fresh = [];
      if (list.victim.length === 0) this.#classes.delete(size);
    }
  }

  /** Drops idle memory, the longest unused first, until at most `bytes` are left. */
  shrinkTo(bytes: number): void {
    for (const generation of ['victim', 'fresh'] as const) {
      for (const [size, list] of this.#classes) {
        while (this.bytes > bytes && list[generation].shift()) this.bytes -= size;
      }
    }
  }
}
