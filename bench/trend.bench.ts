/**
 * The leak detector and its baselines, memwatch's five rises among them, on the same labelled series; what an update costs in
 * time and a detector in memory.
 *
 *   tsx bench/trend.bench.ts [series per family = 40] [seed = 1] [file of labelled series, JSON, gzipped]
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { LeakDetector } from '../src/trend';
import { seriesOfAllFamilies } from '../test/support/leak-families';
import type { LabelledSeries } from '../test/support/leak-series';
import { fiveRises, headroomWatcher, leastSquares, mannKendallAlone } from '../test/support/leak-watchers';
import { type Score, scoreFamilies, total, type Watcher } from '../test/support/score-detector';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { heldBytes } from './support/held-bytes';
import { figure, summarise, told } from './support/measure';
import { writePlot } from './support/plot';
import { unlessQuick } from './support/quick';

/** A leak is what has risen five times in a row after a full collection. */
const MEMWATCH = 'memwatch: five rises';

const DETECTORS: Readonly<Record<string, () => Watcher>> = {
  [MEMWATCH]: fiveRises,
  'OLS, R² > 0.8': () => leastSquares(),
  'Mann–Kendall': () => mannKendallAlone(),
  low: () => headroomWatcher({ sensitivity: 'low' }),
  normal: () => headroomWatcher(),
  high: () => headroomWatcher({ sensitivity: 'high' }),
};

function* read(file: string): Generator<LabelledSeries> {
  const all = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Partial<LabelledSeries>[];
  for (const series of all) yield { leaked: [], leakStart: null, ...series } as LabelledSeries;
}

const cell = (value: number, digits = 1) => (Number.isNaN(value) ? '–' : value.toFixed(digits));

function compare(title: string, series: () => Iterable<LabelledSeries>): Map<string, Score> {
  const scored = Object.entries(DETECTORS).map(([name, make]) => ({
    name,
    families: scoreFamilies(series(), make),
  }));
  const totals = new Map(scored.map(({ name, families }) => [name, total(families)]));
  const head = ['false alarms %', 'detected %', 'before 10 % leaked', 'before 15 %', 'slope error %'];
  const rows = [...totals].map(([name, score]) => [
    name,
    cell(score.falseAlarmPercent, 2),
    cell(score.detectedPercent, 2),
    cell(score.before10Percent),
    cell(score.before15Percent),
    cell(score.slopeErrorPercent),
    cell(score.coveredPercent),
  ]);
  console.log(`\n${title}\n\n${table(['detector', ...head, 'interval holds %'], rows)}`);
  const families = [...(scored[0]?.families.keys() ?? [])];
  const byFamily = (head: string, names: string[], write: (score: Score) => number): void => {
    const rows = names.map((name) => [
      name,
      ...scored.map((one) => cell(write(one.families.get(name) as Score))),
    ]);
    console.log(`\n${table([head, ...totals.keys()], rows)}`);
  };
  const leaking = (name: string): boolean => name.startsWith('leak');
  byFamily(
    'healthy family: false alarms %',
    families.filter((name) => !leaking(name)),
    (score) => score.falseAlarmPercent,
  );
  byFamily(
    'leaking family: detected before 15 % leaked, %',
    families.filter(leaking),
    (score) => (100 * score.before15) / score.leaks,
  );
  return totals;
}

function plotOf(totals: ReadonlyMap<string, Score>): string {
  return writePlot('detectors', {
    title: 'Detectors on simulated series: up and to the left is better',
    x: { label: 'healthy series called leaking, %', from: 0 },
    y: { label: 'leaks found before 15 % leaked, %', from: 0 },
    series: [...totals].map(([name, score]) => ({
      name: name.includes(' ') || name.includes('–') ? name : `Headroom, ${name}`,
      points: [[score.falseAlarmPercent, score.before15Percent]],
      line: false,
      marks: true,
    })),
  });
}

/** CPU of an update, in µs: over series of all families, and on leaking ones that keep every scale busy. */
function measureUpdates(seed: number): void {
  const all = [...seriesOfAllFamilies(4, seed)];
  for (const [title, chosen] of [
    ['all families', all],
    ['leaking families', all.filter((series) => series.leak)],
  ] as const) {
    const rounds = Array.from({ length: 6 }, () => {
      let updates = 0;
      const start = process.cpuUsage();
      for (const { t, v, limit } of chosen) {
        const detector = new LeakDetector();
        for (let i = 0; i < t.length; i++) detector.update(t[i] as number, v[i] as number, limit);
        updates += t.length;
      }
      const { user, system } = process.cpuUsage(start);
      return (user + system) / updates;
    });
    const update = summarise(rounds.slice(1)); // the first round warms up
    const share = figure(update.median / 10);
    console.log(`- ${title}: ${told(update)} µs per update; 1000 keys at 1 Hz: ${share} % of a core`);
  }
}

function measureMemory(): void {
  const count = 2000;
  const each = heldBytes(() =>
    Array.from({ length: count }, () => {
      const detector = new LeakDetector();
      for (let i = 1; i < 600; i++) detector.update(i * 10_000, 3e7 + i * 5e4 + ((i * 7919) % 1000), 1e8);
      return detector;
    }),
  );
  console.log(`- ${(each / count).toFixed(0)} bytes per detector that is watching a leak`);
}

const [perFamily = unlessQuick('40', '4'), seed = '1', file] = process.argv.slice(2);
measureUpdates(Number(seed) + 1);
measureMemory();
const totals = compare(`Simulated: ${perFamily} series of each family, seed ${seed}`, () =>
  seriesOfAllFamilies(Number(perFamily), Number(seed)),
);
console.log(`\n${plotOf(totals)}`);
const [ours, peer] = [totals.get('normal'), totals.get(MEMWATCH)] as [Score, Score];
for (const [of, key] of [
  ['% of healthy series called leaking', 'falseAlarmPercent'],
  ['% of leaks not found before 15 % leaked', 'before15Percent'],
] as const) {
  const bad = (score: Score): number => (key === 'before15Percent' ? 100 - score[key] : score[key]);
  const ratio = summarise([bad(ours) / bad(peer)]);
  printAgainst({ nodes: 'leak-watch', peer: "memwatch's rule", of, ratio });
}
if (file) compare('Labelled series of the file', () => read(file));
