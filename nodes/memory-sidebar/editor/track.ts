import type { HistoryColumns, HistoryField } from '../../../src/report/shape';

type Value = number | null;

/** A hole of more than this many steps is a hole: the lines do not cross it. */
const HOLE_STEPS = 4;

/** One part of the history as the chart draws it: columns, oldest first, with a gap where nobody looked. */
export class Track {
  time: number[] = [];
  #columns = new Map<HistoryField, Value[]>();

  constructor(
    readonly stepMs: number,
    readonly capacity: number,
  ) {}

  column(field: HistoryField): Value[] {
    let column = this.#columns.get(field);
    if (!column) {
      column = this.time.map(() => null);
      this.#columns.set(field, column);
    }
    return column;
  }

  take({ time, columns }: HistoryColumns, whole: boolean): void {
    if (whole) this.#clear();
    const fields = Object.keys(columns) as HistoryField[];
    for (const [row, at] of time.entries()) {
      const last = this.time.at(-1);
      if (last !== undefined && at <= last) continue;
      if (last !== undefined && at - last > HOLE_STEPS * this.stepMs) this.#push(last + this.stepMs, fields);
      this.#push(at, fields, columns, row);
    }
    this.#trim();
  }

  #push(at: number, fields: readonly HistoryField[], columns?: HistoryColumns['columns'], row = 0): void {
    for (const field of fields) this.column(field).push(columns?.[field]?.[row] ?? null);
    this.time.push(at);
  }

  #clear(): void {
    this.time = [];
    this.#columns.clear();
  }

  #trim(): void {
    const extra = this.time.length - this.capacity;
    if (extra <= 0) return;
    this.time.splice(0, extra);
    for (const column of this.#columns.values()) column.splice(0, extra);
  }
}
