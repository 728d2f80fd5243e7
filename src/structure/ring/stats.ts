import { clearMoments, MOMENT_CELLS, type Moments, mergeMoments, momentsOf, readMoments } from './moments';
import { quantile } from './quantile';
import type { Ring } from './ring';
import type { RingView } from './view';

export interface FieldStats extends Moments {
  /** The newest number; null where it is missing. */
  last: number | null;
  /** By their shares: `{ "0.5": 21.3 }`. */
  quantiles: Record<string, number | null>;
}

export interface WindowStats {
  /** Samples, gaps included. */
  count: number;
  /** Times of the oldest sample and of the one that came last; null without any. */
  from: number | null;
  to: number | null;
  fields: Record<string, FieldStats>;
}

/**
 * What is told of a window. Of the whole window of `ring` the running figures are used; of a part, all is computed
 * from its numbers.
 * @param quantiles - shares from 0 to 1, see {@link quantile}
 */
export function windowStats(ring: Ring, view: RingView, quantiles: readonly number[] = []): WindowStats {
  const isWhole = view.length === ring.count;
  const time = view.reader('time');
  const end = view.length - 1;
  const statsOf = (field: string): FieldStats => {
    const moments = isWhole ? ring.moments(field) : partMoments(view.parts(field));
    const shares = quantiles.map((share) => [
      String(share),
      quantile(view.parts(field), moments.count, share),
    ]);
    const last = end < 0 ? Number.NaN : view.reader(field)(end);
    return {
      ...moments,
      last: Number.isNaN(last) ? null : last,
      quantiles: Object.fromEntries(shares),
    };
  };
  return {
    count: view.length,
    from: end < 0 ? null : time(0),
    to: end < 0 ? null : time(end),
    fields: Object.fromEntries(ring.fields.map((field) => [field, statsOf(field)])),
  };
}

function partMoments(parts: readonly Float64Array[]): Moments {
  const cells = new Float64Array(2 * MOMENT_CELLS);
  clearMoments(cells, 0);
  for (const part of parts) {
    momentsOf(part, 0, part.length, cells, MOMENT_CELLS);
    mergeMoments(cells, 0, cells, MOMENT_CELLS);
  }
  return readMoments(cells);
}
