/**
 * The leak detector and its baselines on the same labelled series, per family; what an update costs in time and a
 * detector in memory.
 *
 *   tsx bench/trend.bench.ts [series per family = 40] [seed = 1] [file of labelled series, JSON, gzipped]
 */
import { readFileSync } from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { LeakDetector } from '../src/trend';
import { seriesOfAllFamilies } from '../test/support/leak-families';
import type { LabelledSeries } from '../test/support/leak-series';
import { fiveRises, headroomWatcher, leastSquares, mannKendallAlone } from '../test/support/leak-watchers';
import { type Score, scoreFamilies, total, type Watcher } from '../test/support/score-detector';

const DETECTORS: Readonly<Record<string, () => Watcher>> = {
  'five rises': fiveRises,
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

function compare(title: string, series: () => Iterable<LabelledSeries>): void {
  const scored = Object.entries(DETECTORS).map(([name, make]) => ({
    name,
    families: scoreFamilies(series(), make),
  }));
  console.log(`\n${title}\n`);
  console.log(
    '| detector | false alarms % | detected % | before 10 % leaked | before 15 % | slope error % | interval holds % |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const { name, families } of scored) {
    const s = total(families);
    console.log(
      `| ${name} | ${cell(s.falseAlarmPercent, 2)} | ${cell(s.detectedPercent, 2)} | ${cell(s.before10Percent)} | ${cell(s.before15Percent)} | ${cell(s.slopeErrorPercent)} | ${cell(s.coveredPercent)} |`,
    );
  }
  const names = [...(scored[0]?.families.keys() ?? [])];
  const column = (name: string, figure: (score: Score) => number) =>
    scored.map(({ families }) => cell(figure(families.get(name) as Score))).join(' | ');
  const head = `| ${scored.map(({ name }) => name).join(' | ')} |`;
  const rule = `|---|${'---|'.repeat(scored.length)}`;
  console.log(`\n| healthy family: false alarms % ${head}\n${rule}`);
  for (const name of names.filter((n) => !n.startsWith('leak')))
    console.log(`| ${name} | ${column(name, (s) => s.falseAlarmPercent)} |`);
  console.log(`\n| leaking family: detected before 15 % leaked, % ${head}\n${rule}`);
  for (const name of names.filter((n) => n.startsWith('leak')))
    console.log(`| ${name} | ${column(name, (s) => (100 * s.before15) / s.leaks)} |`);
}

/** CPU of an update, in µs: over series of all families, and on leaking ones that keep every scale busy. */
function measureUpdates(seed: number): void {
  const all = [...seriesOfAllFamilies(4, seed)];
  for (const [title, chosen] of [
    ['all families', all],
    ['leaking families', all.filter((series) => series.leak)],
  ] as const) {
    const runs = Array.from({ length: 5 }, () => {
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
    const median = runs.sort((a, b) => a - b)[2] as number;
    console.log(
      `${title}: ${median.toFixed(2)} µs per update; 1000 keys at 1 Hz: ${(median / 10).toFixed(2)} % of a core`,
    );
  }
}

function measureMemory(): void {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const count = 2000;
  const kept: LeakDetector[] = [];
  const before = used();
  for (let k = 0; k < count; k++) {
    const detector = new LeakDetector();
    for (let i = 1; i < 600; i++) detector.update(i * 10_000, 3e7 + i * 5e4 + ((i * 7919) % 1000), 1e8);
    kept.push(detector);
  }
  const each = (used() - before) / kept.length;
  console.log(`${each.toFixed(0)} bytes per detector that is watching a leak`);
}

const [perFamily = '40', seed = '1', file] = process.argv.slice(2);
measureUpdates(Number(seed) + 1);
measureMemory();
compare(`Simulated: ${perFamily} series of each family, seed ${seed}`, () =>
  seriesOfAllFamilies(Number(perFamily), Number(seed)),
);
if (file) compare('Labelled series of the file', () => read(file));
