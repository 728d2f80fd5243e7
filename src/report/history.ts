import { Ring } from '../structure';
import {
  HISTORY_FIELDS,
  type HistoryColumns,
  type HistoryField,
  type HistoryPart,
  type ProcessFigures,
} from './shape';

/** Five minutes of every second, and two hours of every 15th: 80 KB when full. */
const SECONDS = 300;
const QUARTERS = 480;
const EVERY = 15;
const MOST_DEPLOYS = 50;

type Row = Record<HistoryField, number | null>;

/** How memory went while somebody looked: samples by the second, thinned out with age, and the deploys between. */
export class History {
  readonly #seconds = new Ring({ capacity: SECONDS, fields: HISTORY_FIELDS });
  readonly #quarters = new Ring({ capacity: QUARTERS, fields: HISTORY_FIELDS });
  #deploys: number[] = [];
  /** Collections since the last sample that went into the thinned part. */
  #minor = 0;
  #major = 0;
  #pauseMs = 0;

  push(time: number, sample: ProcessFigures): void {
    const row = rowOf(sample);
    this.#seconds.push(time, numbers(row));
    this.#minor += row.minor ?? 0;
    this.#major += row.major ?? 0;
    this.#pauseMs += row.pauseMs ?? 0;
    if (this.#seconds.pushed % EVERY !== 1) return;
    this.#quarters.push(
      time,
      numbers({ ...row, minor: this.#minor, major: this.#major, pauseMs: this.#pauseMs }),
    );
    this.#minor = 0;
    this.#major = 0;
    this.#pauseMs = 0;
  }

  deployed(time: number): void {
    this.#deploys = [...this.#deploys.slice(1 - MOST_DEPLOYS), time];
  }

  /** What came after a moment, in ms since the epoch; 0 for all there is. */
  after(time: number): HistoryPart {
    return {
      seconds: newer(this.#seconds, time),
      quarters: newer(this.#quarters, time),
      deploys: this.#deploys.filter((each) => each > time),
    };
  }
}

function rowOf(sample: ProcessFigures): Row {
  const { rss, heapUsed, liveHeap, external, heapLimit, headroom, gc } = sample;
  return {
    rss,
    heapUsed,
    liveHeap,
    external,
    heapLimit,
    rssLimit: rssLimit(sample),
    headroom: headroom?.bytes ?? null,
    minor: gc?.minor ?? null,
    major: gc?.major ?? null,
    pauseMs: gc?.pauseMs ?? null,
  };
}

/** The RSS at which container or machine would run out, if nothing else in them grew. */
function rssLimit({ rss, container, system }: ProcessFigures): number | null {
  if (rss === null) return null;
  const left = [container ? container.limit - container.workingSet : null, system?.available ?? null];
  const known = left.filter((bytes) => bytes !== null);
  return known.length > 0 ? rss + Math.max(0, Math.min(...known)) : null;
}

function numbers(row: Row): number[] {
  return HISTORY_FIELDS.map((field) => row[field] ?? Number.NaN);
}

function newer(ring: Ring, time: number): HistoryColumns {
  const view = ring.between(time + 1, Number.POSITIVE_INFINITY);
  const columns = {} as HistoryColumns['columns'];
  for (const field of HISTORY_FIELDS) columns[field] = Array.from(view.column(field), orNull);
  return { time: Array.from(view.column('time')), columns };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
