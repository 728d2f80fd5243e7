/** One sample: its time, and a number per field; NaN where one is missing. */
export type Row = number[];

/**
 * Some samples of a ring, oldest first, without a copy of them: each column in one part, or in two where the ring goes
 * round. It shows the ring's own memory: read it before the next push.
 */
export class RingView implements Iterable<Row> {
  readonly #parts: ReadonlyMap<string, readonly Float64Array[]>;

  /** @param names - `time` and the fields */
  constructor(
    readonly names: readonly string[],
    parts: readonly (readonly Float64Array[])[],
    readonly length: number,
  ) {
    this.#parts = new Map(names.map((name, at) => [name, parts[at] ?? []]));
  }

  /** One column, `time` or a field: the ring's own memory, in one part or two. */
  parts(name: string): readonly Float64Array[] {
    const parts = this.#parts.get(name);
    if (!parts)
      throw new TypeError(`RingView: column ${name} is not known, expected one of ${this.names.join(', ')}`);
    return parts;
  }

  /** One column as a copy in one piece. */
  column(name: string): Float64Array {
    const column = new Float64Array(this.length);
    let at = 0;
    for (const part of this.parts(name)) {
      column.set(part, at);
      at += part.length;
    }
    return column;
  }

  /** Reads single numbers of one column; quicker than rows where one column is wanted. */
  reader(name: string): (place: number) => number {
    const [first = new Float64Array(), second = first] = this.parts(name);
    const split = first.length;
    return (place) => (place < split ? first[place] : second[place - split]) as number;
  }

  /** The samples whose time fits, copied. */
  pick(fits: (time: number) => boolean): RingView {
    const time = this.reader('time');
    const places: number[] = [];
    for (let i = 0; i < this.length; i++) if (fits(time(i))) places.push(i);
    return this.at(places);
  }

  /** The samples at some places, in the order given, copied. */
  at(places: ArrayLike<number>): RingView {
    const parts = this.names.map((name) => {
      const read = this.reader(name);
      return [Float64Array.from(places, (place) => read(place))];
    });
    return new RingView(this.names, parts, places.length);
  }

  *[Symbol.iterator](): IterableIterator<Row> {
    const readers = this.names.map((name) => this.reader(name));
    for (let i = 0; i < this.length; i++) yield readers.map((read) => read(i));
  }
}
