import type { Sample } from './sample';

/**
 * Lets a sample through when its rss or headroom moved by `percent` since the last one let through.
 * 0 lets every sample through, and so does the first.
 */
export function changeFilter(percent: number): (sample: Sample) => boolean {
  let last: Sample | null = null;
  return (sample) => {
    const due =
      percent === 0 ||
      last === null ||
      moved(last.rss, sample.rss, percent) ||
      moved(last.headroom?.bytes ?? null, sample.headroom?.bytes ?? null, percent);
    if (due) last = sample;
    return due;
  };
}

function moved(from: number | null, to: number | null, percent: number): boolean {
  if (from === null || to === null) return from !== to;
  return Math.abs(to - from) * 100 >= percent * Math.abs(from) && to !== from;
}
