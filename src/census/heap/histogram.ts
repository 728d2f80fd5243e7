import { SnapshotError } from './input';
import { nextSection, scanRecords, scanStrings, skipArray } from './scan';
import { expectSection, withSnapshot } from './snapshot';
import { kindName, typeName } from './type-names';

/** What there is of one type. Bytes are the objects' own, without what they hold. */
export interface TypeFigures {
  type: string;
  count: number;
  bytes: number;
  /** Of these, made since the snapshot whose highest id was given. */
  newCount: number;
  newBytes: number;
  /** They have no ids in order (they lie outside V8's heap), so that `new…` cannot be told. */
  unordered: boolean;
}

export interface Histogram {
  types: TypeFigures[];
  totalBytes: number;
  totalCount: number;
  /** V8 numbers objects as it meets them: in a later snapshot of the same process what is above this is new. */
  highestId: number;
}

const FIRST_SLOTS = 4_096;

/**
 * Counts a heap snapshot by type, in one pass and bounded memory: the file is never held, only a few numbers per
 * name. `since` is the highest id of an earlier snapshot of this process. Throws a SnapshotError.
 */
export function histogramOf(file: string, since = Number.POSITIVE_INFINITY): Histogram {
  return withSnapshot(file, (input, layout) => {
    const tally = new Tally(layout.nodeTypes.map(kindName));
    const { type, name, id, self_size: size } = layout.node;
    let highestId = 0;
    const nodes = scanRecords(input, layout.nodeFields.length, (record) => {
      const own = record[id] as number;
      // Odd ids are V8's own, in order; even ones are made of addresses by Node.js.
      const ordered = own % 2 === 1;
      if (ordered && own > highestId) highestId = own;
      tally.add(
        record[type] as number,
        record[name] as number,
        record[size] as number,
        ordered,
        ordered && own > since,
      );
    });
    if (nodes !== layout.nodeCount)
      throw new SnapshotError(`${nodes} nodes where it says ${layout.nodeCount}`);
    expectSection(input, 'edges');
    input.passOver(0x5d);
    for (let section = nextSection(input); section !== 'strings'; section = nextSection(input)) {
      if (section === null) throw new SnapshotError('it has no strings');
      skipArray(input);
    }
    const names = tally.namesWanted();
    const texts = new Map<number, string>();
    scanStrings(
      input,
      (index) => names.has(index),
      (text, index) => texts.set(index, text),
    );
    return { ...tally.result(texts), highestId };
  });
}

/** Counts by node type and, for objects, by name; a slot for each that comes up. */
class Tally {
  #slotOfName = new Int32Array(FIRST_SLOTS);
  /** Rows of four: count, bytes, new count, new bytes. */
  #rows = new Float64Array(4 * FIRST_SLOTS);
  readonly #nameOfSlot: number[] = [];
  readonly #ordered: boolean[] = [];
  readonly #kindSlots: number[];
  readonly #kinds: (string | null)[];

  constructor(kinds: (string | null)[]) {
    this.#kinds = kinds;
    // One slot per kind; kinds of one name (three sorts of string) share it.
    const slots = new Map<string, number>();
    this.#kindSlots = kinds.map((kind) => {
      if (kind === null) return -1;
      const known = slots.get(kind) ?? this.#newSlot(-1);
      slots.set(kind, known);
      return known;
    });
  }

  add(type: number, name: number, bytes: number, ordered: boolean, isNew: boolean): void {
    const kindSlot = this.#kindSlots[type] ?? -1;
    const slot = kindSlot >= 0 ? kindSlot : this.#slotFor(name);
    const row = 4 * slot;
    const rows = this.#rows;
    rows[row] = (rows[row] as number) + 1;
    rows[row + 1] = (rows[row + 1] as number) + bytes;
    if (ordered) this.#ordered[slot] = true;
    if (!isNew) return;
    rows[row + 2] = (rows[row + 2] as number) + 1;
    rows[row + 3] = (rows[row + 3] as number) + bytes;
  }

  namesWanted(): Set<number> {
    return new Set(this.#nameOfSlot.filter((name) => name >= 0));
  }

  result(texts: ReadonlyMap<number, string>): Omit<Histogram, 'highestId'> {
    const byType = new Map<string, TypeFigures>();
    let totalBytes = 0;
    let totalCount = 0;
    for (const [slot, name] of this.#nameOfSlot.entries()) {
      const [count = 0, bytes = 0, newCount = 0, newBytes = 0] = this.#rows.subarray(4 * slot, 4 * slot + 4);
      if (count === 0) continue;
      const type = name < 0 ? this.#kindOf(slot) : typeName(texts.get(name) ?? '');
      const unordered = !this.#ordered[slot];
      const known = byType.get(type);
      if (known) {
        known.count += count;
        known.bytes += bytes;
        known.newCount += newCount;
        known.newBytes += newBytes;
      } else {
        byType.set(type, { type, count, bytes, newCount, newBytes, unordered });
      }
      totalBytes += bytes;
      totalCount += count;
    }
    const types = [...byType.values()].sort((a, b) => b.bytes - a.bytes);
    return { types, totalBytes, totalCount };
  }

  #kindOf(slot: number): string {
    return this.#kinds[this.#kindSlots.indexOf(slot)] ?? '';
  }

  #slotFor(name: number): number {
    if (name >= this.#slotOfName.length) {
      const grown = new Int32Array(Math.max(name + 1, 2 * this.#slotOfName.length));
      grown.set(this.#slotOfName);
      this.#slotOfName = grown;
    }
    const known = this.#slotOfName[name] as number; // 0: none yet, else slot + 1
    if (known > 0) return known - 1;
    const slot = this.#newSlot(name);
    this.#slotOfName[name] = slot + 1;
    return slot;
  }

  #newSlot(name: number): number {
    const slot = this.#nameOfSlot.push(name) - 1;
    this.#ordered[slot] = false;
    if (4 * slot >= this.#rows.length) {
      const grown = new Float64Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    return slot;
  }
}
