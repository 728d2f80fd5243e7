import type { LabelledSeries } from './leak-series';

/** What a detector says when it first calls a leak; slopes in bytes per hour. */
export interface Finding {
  bytesPerHour: number;
  low: number;
  high: number;
  since: number;
}

/** Anything that reads a series and says once that it leaks. */
export type Watcher = (timeMs: number, bytes: number, limitBytes: number) => Finding | undefined;

/** How a detector did on the series of one family, or of all. */
export class Score {
  series = 0;
  falseAlarms = 0;
  leaks = 0;
  detected = 0;
  /** Detections before 10 and 15 % of the limit had leaked. */
  before10 = 0;
  before15 = 0;
  /** Relative errors of the slope against what really leaked between `since` and the detection. */
  readonly slopeErrors: number[] = [];
  /** Detections whose interval holds that true slope. */
  covered = 0;

  get falseAlarmPercent(): number {
    return percent(this.falseAlarms, this.series - this.leaks);
  }
  get detectedPercent(): number {
    return percent(this.detected, this.leaks);
  }
  get before10Percent(): number {
    return percent(this.before10, this.detected);
  }
  get before15Percent(): number {
    return percent(this.before15, this.detected);
  }
  get coveredPercent(): number {
    return percent(this.covered, this.slopeErrors.length);
  }
  get slopeErrorPercent(): number {
    const sorted = [...this.slopeErrors].sort((a, b) => a - b);
    return 100 * (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
  }

  add(other: Score): void {
    this.series += other.series;
    this.falseAlarms += other.falseAlarms;
    this.leaks += other.leaks;
    this.detected += other.detected;
    this.before10 += other.before10;
    this.before15 += other.before15;
    this.covered += other.covered;
    this.slopeErrors.push(...other.slopeErrors);
  }
}

function percent(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : Number.NaN;
}

/** Runs one series; a finding before the leak began counts as missed time, not as a false alarm. */
function scoreSeries(series: LabelledSeries, watch: Watcher): Score {
  const { t, v, limit, leak, leaked, leakStart } = series;
  const score = new Score();
  score.series = 1;
  if (leak) score.leaks = 1;
  for (let i = 0; i < t.length; i++) {
    const now = t[i] as number;
    const finding = watch(now, v[i] as number, limit);
    if (!finding) continue;
    if (!leak) {
      score.falseAlarms = 1;
      return score;
    }
    if (now < (leakStart ?? 0)) continue;
    score.detected = 1;
    const share = (leaked[i] as number) / limit;
    if (share < 0.1) score.before10 = 1;
    if (share < 0.15) score.before15 = 1;
    scoreSlope(score, series, i, finding);
    return score;
  }
  return score;
}

function scoreSlope(score: Score, { t, leaked }: LabelledSeries, at: number, finding: Finding): void {
  const from = t.findIndex((time) => time >= finding.since);
  const hours = ((t[at] as number) - (t[from] as number)) / 3_600_000;
  const truth = ((leaked[at] as number) - (leaked[from] as number)) / hours;
  if (!(hours > 0 && truth > 0)) return;
  score.slopeErrors.push(Math.abs(finding.bytesPerHour / truth - 1));
  if (finding.low <= truth && truth <= finding.high) score.covered = 1;
}

/** Scores per family, in the order they come. */
export function scoreFamilies(all: Iterable<LabelledSeries>, newWatcher: () => Watcher): Map<string, Score> {
  const families = new Map<string, Score>();
  for (const series of all) {
    const family = families.get(series.family) ?? new Score();
    family.add(scoreSeries(series, newWatcher()));
    families.set(series.family, family);
  }
  return families;
}

export function total(families: ReadonlyMap<string, Score>): Score {
  const sum = new Score();
  for (const family of families.values()) sum.add(family);
  return sum;
}
