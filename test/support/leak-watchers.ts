import { LeakDetector, type LeakDetectorOptions } from '../../src/trend';
import type { Watcher } from './score-detector';

const HOUR_MS = 3_600_000;

/** The detector of this package as a watcher. */
export function headroomWatcher(options?: LeakDetectorOptions): Watcher {
  const detector = new LeakDetector(options);
  return (time, bytes, limit) => {
    const verdict = detector.update(time, bytes, limit);
    if (verdict?.state !== 'leaking') return undefined;
    const { bytesPerHour, low, high, since } = verdict;
    return { bytesPerHour: bytesPerHour ?? 0, low: low ?? 0, high: high ?? 0, since: since ?? 0 };
  };
}

/** node-memwatch's rule: five readings in a row, each above the one before. */
export function fiveRises(): Watcher {
  let last = Number.POSITIVE_INFINITY;
  let rises = 0;
  let start = { time: 0, bytes: 0 };
  return (time, bytes) => {
    if (bytes > last) rises += 1;
    else {
      rises = 0;
      start = { time, bytes };
    }
    last = bytes;
    if (rises < 5) return undefined;
    const slope = ((bytes - start.bytes) / (time - start.time)) * HOUR_MS;
    return { bytesPerHour: slope, low: slope, high: slope, since: start.time };
  };
}

/** A line by least squares over the last 100 readings that rises and explains over 80 % of their variance. */
export function leastSquares(points = 100): Watcher {
  const window: { t: number; v: number }[] = [];
  return (time, bytes) => {
    window.push({ t: time, v: bytes });
    if (window.length < points) return undefined;
    if (window.length > points) window.shift();
    const since = (window[0] as { t: number }).t;
    let t = 0;
    let v = 0;
    for (const point of window) {
      t += (point.t - since) / points;
      v += point.v / points;
    }
    let tt = 0;
    let tv = 0;
    let vv = 0;
    for (const point of window) {
      const dt = point.t - since - t;
      const dv = point.v - v;
      tt += dt * dt;
      tv += dt * dv;
      vv += dv * dv;
    }
    if (!(tv > 0 && (tv * tv) / (tt * vv) > 0.8)) return undefined;
    const slope = (tv / tt) * HOUR_MS;
    return { bytesPerHour: slope, low: slope, high: slope, since };
  };
}

/** Mann–Kendall's test alone on the last 50 raw readings, z ≥ 3.3; the slope is from the first to the last. */
export function mannKendallAlone(points = 50): Watcher {
  const t: number[] = [];
  const v: number[] = [];
  const sd = Math.sqrt((points * (points - 1) * (2 * points + 5)) / 18);
  return (time, bytes) => {
    t.push(time);
    v.push(bytes);
    if (v.length < points) return undefined;
    if (v.length > points) {
      t.shift();
      v.shift();
    }
    let s = 0;
    for (let i = 0; i < points - 1; i++)
      for (let j = i + 1; j < points; j++) s += Math.sign((v[j] as number) - (v[i] as number));
    if ((s - 1) / sd < 3.3) return undefined;
    const since = t[0] as number;
    const slope = ((bytes - (v[0] as number)) / (time - since)) * HOUR_MS;
    return { bytesPerHour: slope, low: slope, high: slope, since };
  };
}
