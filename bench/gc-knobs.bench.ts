/**
 * What V8's knobs do when they are set after start: each in a child process with the standard workload, on every
 * Node.js of `HEADROOM_NODES` (binaries, with commas; by default this one and the newest of the other lines).
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { table } from '../tools/table';
import { fetchPeer } from './support/peer';
import { unlessQuick } from './support/quick';

const WORKLOAD = join(__dirname, 'gc', 'workload.cjs');
const BINARIES = process.env.HEADROOM_NODES?.split(',') ?? [process.execPath, ...otherNodes(22, 24)];
const TURNS = unlessQuick(90, 5);
/** V8 as it is varies by itself: every other figure is told against the median of so many runs. */
const BASE_RUNS = unlessQuick(3, 1);

/** Flags to try, and what the allow-list says of each. */
const KNOBS: [flag: string, verdict: string][] = [
  ['--heap-growing-percent=25', 'allowed'],
  ['--heap-growing-percent=300', 'allowed'],
  ['--semi-space-growth-factor=1', 'allowed'],
  ['--incremental-marking-hard-trigger=60', 'allowed'],
  ['--incremental-marking-hard-trigger=1000', 'allowed'],
  ['--no-incremental-marking', 'refused: crashes now and then when turned while marking'],
  ['--optimize-for-size', 'refused: slow; heap-growing-percent does it better'],
  ['--gc-global', 'refused: every collection a full one'],
  ['--lite-mode', 'refused: slow'],
  ['--max-semi-space-size=4', 'start only'],
  ['--max-old-space-size=140', 'start only'],
  ['--max-heap-size=150', 'start only'],
  ['--semi-space-growth-factor=0', 'refused'],
  ['--memory-balancer', 'refused'],
  ['--minor-ms', 'refused'],
  ['--minor-mc', 'refused'],
  ['--single-threaded-gc', 'refused'],
];

interface Figures {
  meanRss: number;
  peakRss: number;
  cpuMs: number;
  minor: number;
  major: number;
}

/** The binaries of other lines of Node.js, as the registry has them for this machine. */
function otherNodes(...lines: number[]): string[] {
  const others = lines.filter((line) => !process.version.startsWith(`v${line}.`));
  const name = `node-${process.platform}-${process.arch}`;
  return others.map((line) => join(fetchPeer(name, String(line)).folder, 'bin', 'node'));
}

function run(binary: string, flag?: string): Figures | string {
  const args = [WORKLOAD, `--turns=${TURNS}`, ...(flag ? [`--knobs=${flag}`] : [])];
  const { stdout, stderr, status, signal } = spawnSync(binary, args, { encoding: 'utf8', timeout: 180_000 });
  if (/unrecognized flag|illegal value/.test(stderr)) return 'not there';
  if (status !== 0) return `crashes (${signal ?? status})`;
  return JSON.parse(stdout) as Figures;
}

function versionOf(binary: string): string {
  return spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
}

/** `works: RSS 58 %, CPU 160 %`: mean RSS and CPU time of default's. */
function effect(usual: Figures, tuned: Figures | string): string {
  if (typeof tuned === 'string') return tuned;
  const rss = tuned.meanRss / usual.meanRss;
  const collections = (tuned.major + tuned.minor) / (usual.major + usual.minor);
  const majors = tuned.major / Math.max(1, usual.major);
  const same = Math.abs(rss - 1) < 0.15 && Math.abs(collections - 1) < 0.3 && majors > 0.5 && majors < 2;
  const figures = `RSS ${percent(rss)}, CPU ${percent(tuned.cpuMs / usual.cpuMs)}, ${tuned.major} full`;
  return `${same ? 'no effect' : 'works'}: ${figures}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

const versions = BINARIES.map(versionOf);
const usual = BINARIES.map((binary) => {
  const runs = Array.from({ length: BASE_RUNS }, () => run(binary)).filter((one) => typeof one === 'object');
  return runs.sort((a, b) => a.meanRss - b.meanRss)[Math.floor(runs.length / 2)] ?? 'does not run';
});
const rows = KNOBS.map(([flag, verdict]) => [
  `\`${flag}\``,
  ...BINARIES.map((binary, i) => {
    const base = usual[i];
    return typeof base === 'object' ? effect(base, run(binary, flag)) : `no default: ${base}`;
  }),
  verdict,
]);
console.log(
  'Set after start; mean RSS and CPU time of the standard workload, against V8 as it is; full collections.\n',
);
console.log(
  table(
    ['flag', ...versions.map((version) => `Node ${version}`), 'this package'],
    [
      [
        '(none)',
        ...usual.map((one) =>
          typeof one === 'string'
            ? one
            : `${Math.round(one.meanRss / 2 ** 20)} MB mean, ${Math.round(one.peakRss / 2 ** 20)} peak, ${one.major} full`,
        ),
        '',
      ],
      ...rows,
    ],
  ),
);
