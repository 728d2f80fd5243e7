/**
 * What each profile of memory-tune saves and costs on the standard workload, beside V8 as it is and the flags a
 * user would set at start; and what watching collections costs. All side by side in one run.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { table } from '../tools/table';
import { figure, summarise } from './support/measure';

const WORKLOAD = join(__dirname, 'gc', 'workload.cjs');
const OBSERVER = join(__dirname, 'gc', 'observer.cjs');
const ENGINE = join(__dirname, '..', 'dist', 'engine.js');
const ROUNDS = Number(process.env.GC_ROUNDS ?? 3);
const MB = 1_048_576;

const tuned = (profile: string, ...more: string[]): string[] => [
  WORKLOAD,
  `--engine=${ENGINE}`,
  `--profile=${profile}`,
  ...more,
];

const WAYS: Record<string, string[]> = {
  'V8 as it is': [WORKLOAD],
  'low-memory': tuned('low-memory'),
  balanced: tuned('balanced'),
  throughput: tuned('throughput'),
  'govern, memory is plentiful': tuned('govern'),
  'govern, budget 210 MB': tuned('govern', '--budget=210'),
  'govern, budget 150 MB': tuned('govern', '--budget=150'),
  'start: --optimize-for-size': ['--optimize-for-size', WORKLOAD],
  'start: --max-old-space-size=140': ['--max-old-space-size=140', WORKLOAD],
  'start: … and --max-semi-space-size=4': ['--max-old-space-size=140', '--max-semi-space-size=4', WORKLOAD],
};

interface Figures {
  meanRss: number;
  peakRss: number;
  cpuMs: number;
  gcMs: number;
  minor: number;
  major: number;
  forcedPercent: number;
}

function run<T>(args: string[]): T {
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 240_000 })) as T;
}

function profiles(): string {
  const results = new Map<string, Figures[]>(Object.keys(WAYS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(WAYS)) results.get(name)?.push(run<Figures>(args));
  }
  const median = (name: string, key: keyof Figures): number =>
    summarise((results.get(name) ?? []).map((one) => one[key])).median;
  const share = (name: string, key: keyof Figures): string =>
    `${((100 * median(name, key)) / median('V8 as it is', key)).toFixed(0)} %`;
  return table(
    ['', 'mean RSS, MB', 'of default', 'peak RSS, MB', 'CPU of default', 'GC ms', 'minor', 'full', 'forced'],
    Object.keys(WAYS).map((name) => [
      name,
      (median(name, 'meanRss') / MB).toFixed(0),
      share(name, 'meanRss'),
      (median(name, 'peakRss') / MB).toFixed(0),
      share(name, 'cpuMs'),
      median(name, 'gcMs').toFixed(0),
      String(median(name, 'minor')),
      String(median(name, 'major')),
      `${median(name, 'forcedPercent').toFixed(1)} %`,
    ]),
  );
}

function observer(): string {
  const costs: Record<'bare' | 'engine', number[]> = { bare: [], engine: [] };
  let minors = 0;
  const args = ['--max-semi-space-size=1', OBSERVER];
  for (let round = 0; round < 7; round += 1) {
    const without = run<{ cpu: number }>(args);
    const bare = run<{ cpu: number }>([...args, '--bare']);
    const engine = run<{ cpu: number; minor: number }>([...args, `--engine=${ENGINE}`]);
    minors = engine.minor;
    costs.bare.push((bare.cpu - without.cpu) / minors);
    costs.engine.push((engine.cpu - without.cpu) / minors);
  }
  const told = ({ median, spread }: ReturnType<typeof summarise>) =>
    `${figure(median)} µs (${spread.map(figure).join(' to ')})`;
  return `The observer costs ${told(summarise(costs.engine))} of CPU per collection, one of Node.js that does nothing ${told(summarise(costs.bare))}, over ${minors} scavenges in a few seconds.`;
}

console.log(`${profiles()}\n\n${observer()}`);
