import { newWindow, senSlope } from '../trend/statistics';
import type { BoxSample } from './box-sample';

/** How one series moved over the last minutes. */
export interface Growth {
  series: string;
  /** Bytes at the first and the last sample. */
  from: number;
  to: number;
  /** Sen's slope: the median of all slopes between two samples, which single peaks do not bend. */
  bytesPerMinute: number;
}

const SERIES = ['rss', 'heapUsed', 'liveHeap', 'external', 'arrayBuffers', 'containerUsed'] as const;
/** Points compared per series: an even choice of the samples, as many as the statistics' window takes. */
const POINTS = 32;
const SECONDS_PER_MINUTE = 60;

/** What grew, the steepest first; series that fell or stood still are left out. */
export function whatGrew(samples: readonly BoxSample[]): Growth[] {
  const grown = SERIES.flatMap((series) => growthOf(samples, series) ?? []);
  return grown.sort((a, b) => b.bytesPerMinute - a.bytesPerMinute);
}

function growthOf(samples: readonly BoxSample[], series: (typeof SERIES)[number]): Growth | null {
  const known = samples.flatMap(({ uptime, [series]: value }) => (value === null ? [] : [{ uptime, value }]));
  const count = Math.min(POINTS, known.length);
  if (count < 3) return null;
  const window = newWindow();
  for (let i = 0; i < count; i += 1) {
    const point = known[Math.round((i * (known.length - 1)) / (count - 1))];
    window.t[i] = (point?.uptime ?? 0) / SECONDS_PER_MINUTE;
    window.v[i] = point?.value ?? 0;
  }
  const bytesPerMinute = Math.round(senSlope(window.t, window.v, 0, count));
  const [from, to] = [known[0]?.value ?? 0, known.at(-1)?.value ?? 0];
  return bytesPerMinute > 0 ? { series, from, to, bytesPerMinute } : null;
}
