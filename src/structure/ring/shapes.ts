import { lttb } from './lttb';
import type { RingView } from './view';

/** A number, or null where one is missing. */
type Cell = number | null;

/** One sample as an object: `{ time, temperature, pressure }`. */
export type SampleObject = Record<string, Cell>;

/** Samples as objects, oldest first. */
export function rowsOf(view: RingView): SampleObject[] {
  const columns = view.names.map((name) => [name, view.reader(name)] as const);
  return Array.from({ length: view.length }, (_, place) => {
    const row: SampleObject = {};
    for (const [name, read] of columns) row[name] = cell(read(place));
    return row;
  });
}

/** Samples as one array per column: `{ time: […], temperature: […] }`. A fifth of the memory of objects. */
export function columnsOf(view: RingView): Record<string, Cell[]> {
  return Object.fromEntries(
    view.names.map((name) => {
      const read = view.reader(name);
      return [name, Array.from({ length: view.length }, (_, place) => cell(read(place)))];
    }),
  );
}

/** A point of a line. */
export interface Point {
  x: number;
  y: Cell;
}

/** One line of a chart. */
export interface Line {
  name: string;
  points: Point[];
}

/**
 * The lines of a window, one per field. Named by the key; with several fields, by key and field.
 * @param points - the most points of each line, picked by {@link lttb}; 0 for all
 */
export function linesOf(key: string, view: RingView, points = 0): Line[] {
  const [, ...fields] = view.names;
  const x = view.reader('time');
  return fields.map((field) => {
    const y = view.reader(field);
    const places = points > 0 && view.length > points ? lttb(view.length, x, y, points) : null;
    const name = fields.length === 1 ? key || field : [key, field].filter((part) => part !== '').join(' ');
    const length = places ? places.length : view.length;
    return {
      name,
      points: Array.from({ length }, (_, at) => {
        const place = places ? (places[at] as number) : at;
        return { x: x(place), y: cell(y(place)) };
      }),
    };
  });
}

/** A whole chart of node-red-dashboard's `ui_chart`. */
export function chartOf(lines: readonly Line[]): [] | [{ series: string[]; data: Point[][]; labels: [''] }] {
  if (lines.length === 0) return [];
  return [{ series: lines.map(({ name }) => name), data: lines.map(({ points }) => points), labels: [''] }];
}

/** All points of a chart of @flowfuse/node-red-dashboard's `ui-chart`: series `series`, X `x`, Y `y`. */
export function pointsOf(lines: readonly Line[]): (Point & { series: string })[] {
  return lines.flatMap(({ name, points }) => points.map(({ x, y }) => ({ series: name, x, y })));
}

/** At most so many samples of a window, picked by {@link lttb} on its first field; 0 for all. */
export function thinned(view: RingView, points: number): RingView {
  const [, field = 'time'] = view.names;
  if (points === 0 || view.length <= points) return view;
  return view.at(lttb(view.length, view.reader('time'), view.reader(field), points));
}

function cell(value: number): Cell {
  return Number.isNaN(value) ? null : value;
}
