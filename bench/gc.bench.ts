/**
 * What memory-tune saves and costs on the standard workload, beside V8 as it is and the flags a
 * user would set at start; and what watching collections costs. All side by side in one run.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { collect } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { collectNow } from './support/held-bytes';
import { figure, type Measured, over, scaled, sideBySide, summarise, told } from './support/measure';
import { unlessQuick } from './support/quick';

const WORKLOAD = join(__dirname, 'gc', 'workload.cjs');
const OBSERVER = join(__dirname, 'gc', 'observer.cjs');
const ENGINE = join(__dirname, '..', 'dist', 'engine.js');
const ROUNDS = Number(process.env.GC_ROUNDS ?? unlessQuick(3, 1));
const MB = 1_048_576;

const TURNS = unlessQuick([], ['--turns=5']);

const tuned = (profile: string, ...more: string[]): string[] => [
  WORKLOAD,
  `--engine=${ENGINE}`,
  `--profile=${profile}`,
  ...more,
];

const DEFAULT = 'V8 as it is';

const WAYS: Record<string, string[]> = {
  [DEFAULT]: [WORKLOAD],
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

/** What the summary compares: the same aim, by a node and without. */
const AGAINST = [
  ['govern, budget 210 MB', DEFAULT],
  ['govern, budget 150 MB', 'start: … and --max-semi-space-size=4'],
] as const;

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

function profiles(): void {
  const results = new Map<string, Figures[]>(Object.keys(WAYS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(WAYS))
      results.get(name)?.push(run<Figures>([...args, ...TURNS]));
  }
  const measured = (name: string, key: keyof Figures): Measured =>
    summarise((results.get(name) ?? []).map((one) => one[key]));
  const share = (name: string, key: keyof Figures): string =>
    told(over(measured(name, key), measured(DEFAULT, key)), (value) => `${(100 * value).toFixed(0)} %`);
  const mb = (value: number): string => (value / MB).toFixed(0);
  const median = (name: string, key: keyof Figures): number => measured(name, key).median;
  console.log(
    table(
      [
        '',
        'mean RSS, MB',
        'of default',
        'peak RSS, MB',
        'CPU of default',
        'GC ms',
        'minor',
        'full',
        'forced',
      ],
      Object.keys(WAYS).map((name) => [
        name,
        told(measured(name, 'meanRss'), mb),
        share(name, 'meanRss'),
        told(measured(name, 'peakRss'), mb),
        share(name, 'cpuMs'),
        median(name, 'gcMs').toFixed(0),
        String(median(name, 'minor')),
        String(median(name, 'major')),
        `${median(name, 'forcedPercent').toFixed(1)} %`,
      ]),
    ),
  );
  for (const [ours, peer] of AGAINST) {
    for (const [key, of] of [
      ['meanRss', 'mean RSS of the standard workload'],
      ['cpuMs', 'CPU of the standard workload'],
    ] as const) {
      const ratio = over(measured(ours, key), measured(peer, key));
      printAgainst({ nodes: 'memory-tune', peer, of: `${of}, ${ours}`, ratio });
    }
  }
}

function observer(): string {
  const costs: Record<'bare' | 'loaded' | 'engine', number[]> = { bare: [], loaded: [], engine: [] };
  let minors = 0;
  const args = ['--max-semi-space-size=1', OBSERVER];
  for (let round = 0; round < unlessQuick(7, 1); round += 1) {
    const without = run<{ cpu: number }>(args);
    const bare = run<{ cpu: number }>([...args, '--bare']);
    const engine = run<{ cpu: number; minor: number }>([...args, `--engine=${ENGINE}`]);
    const loaded = run<{ cpu: number }>([...args, `--engine=${ENGINE}`, '--only-loaded']);
    minors = engine.minor;
    costs.bare.push((bare.cpu - without.cpu) / minors);
    costs.loaded.push((loaded.cpu - without.cpu) / minors);
    costs.engine.push((engine.cpu - loaded.cpu) / minors);
  }
  const told = ({ median, spread }: ReturnType<typeof summarise>) =>
    `${figure(median)} µs (${spread.map(figure).join(' to ')})`;
  return `The observer costs ${told(summarise(costs.engine))} of CPU per collection, one of Node.js that does nothing ${told(summarise(costs.bare))}, over ${minors} scavenges in a few seconds. That the engine is loaded and does nothing costs ${told(summarise(costs.loaded))}.`;
}

const HELD = 300_000;

/** A full collection of a heap with much alive in it, by the engine and by what `--expose-gc` gives. */
async function forced(): Promise<void> {
  const kept = Array.from({ length: unlessQuick(HELD, 1_000) }, (_each, i) => ({ i, text: `kept ${i}` }));
  const [ours, peer] = ['memory-gc', 'gc() of --expose-gc'] as const;
  const bounds = { kind: 'major', execution: 'sync', minIntervalMs: 0, minHeapPercent: 0 } as const;
  const costs = await sideBySide({ [ours]: () => collect(bounds), [peer]: collectNow }, 10);
  const [one, other] = [costs[ours] as Measured, costs[peer] as Measured];
  const live = Math.round(process.memoryUsage().heapUsed / MB);
  const ms = (cost: Measured): string => told(scaled(cost, 1e-3));
  console.log(`\nA full collection at ${live} MB alive (${kept.length} objects): CPU ms of all threads:\n`);
  console.log(
    table(
      ['', 'ms', 'ratio'],
      [
        [ours, ms(one), told(over(one, other))],
        [peer, ms(other), ''],
      ],
    ),
  );
  printAgainst({ nodes: 'memory-gc', peer, of: 'CPU of a full collection', ratio: over(one, other) });
}

profiles();
console.log(`\n${observer()}`);
void forced();
