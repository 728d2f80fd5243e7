/**
 * A large file by lines through function → function → sink in a real Node-RED with a 128 MB heap: memory-lazy beside the
 * core file node, on the same file. Then a smaller file several times, for ratios with their spread, and the same with a
 * function that takes 5 ms for each message. `LAZY_MB` sets the large file's size (1024).
 */
import { table } from '../tools/table';
import { type LinesFile, makeLines } from './lazy/file';
import { CORE, LAZY, type Run, throughFlow } from './lazy/through-flow';
import { printAgainst } from './support/against';
import { type Measured, over, summarise, told } from './support/measure';
import { type Series, writePlot } from './support/plot';
import { unlessQuick } from './support/quick';

const MB = 1_048_576;
const LARGE_MB = Number(process.env.LAZY_MB ?? unlessQuick(1_024, 8));
const SMALL_MB = unlessQuick(128, 2);
const ROUNDS = unlessQuick(3, 1);
/** A consumer of 5 ms would take hours: so long is watched. */
const SLOW_SECONDS = unlessQuick(20, 2);
const MOST_SECONDS = 150;

type Source = Parameters<typeof throughFlow>[0];
type Ways = Readonly<Record<string, Source>>;

const PEER = 'core file in, lines';
/** What goes one line at a time with memory-lazy takes minutes for the large file. */
const LARGE_WAYS: Ways = {
  [PEER]: CORE,
  'memory-lazy, window 16': { ...LAZY, window: 16 },
  'memory-lazy, batch 100': { ...LAZY, batch: 100 },
};
const WAYS: Ways = { ...LARGE_WAYS, 'memory-lazy, window 1': { ...LAZY, window: 1 } };
const SLOW_WAYS: Ways = {
  'core file in, 5 ms each': CORE,
  'memory-lazy, window 4, 5 ms each': { ...LAZY, window: 4 },
};

const sizeOf = ({ bytes, lines }: LinesFile): string =>
  `${Math.round(bytes / MB)} MB, ${lines.toLocaleString('en')} lines`;

async function withFile(megabytes: number, use: (file: LinesFile) => Promise<void>): Promise<void> {
  const file = makeLines(megabytes * MB);
  try {
    await use(file);
  } finally {
    file.remove();
  }
}

async function large(file: LinesFile, curves: Series[]): Promise<void> {
  const rows: string[][] = [];
  for (const [name, source] of Object.entries(LARGE_WAYS)) {
    const run = await throughFlow(source, file, { mostSeconds: MOST_SECONDS });
    curves.push({ name, points: run.rss });
    rows.push([name, outcome(run), ...figures(run)]);
  }
  console.log(`A file of ${sizeOf(file)}, through function → function → sink, heap limited to 128 MB:\n`);
  const head = ['', 'outcome', 's', 'CPU µs/line', 'first item, ms', 'idle RSS, MB', 'peak above idle, MB'];
  console.log(table(head, rows));
}

async function slow(file: LinesFile, curves: Series[]): Promise<void> {
  const rows: string[][] = [];
  for (const [name, source] of Object.entries(SLOW_WAYS)) {
    const run = await throughFlow(source, file, { chain: 'slow', mostSeconds: SLOW_SECONDS });
    curves.push({ name, points: run.rss });
    rows.push([name, outcome(run), ...figures(run).slice(2)]);
  }
  console.log(`\nThe same file to a function that takes 5 ms for each message, for ${SLOW_SECONDS} s:\n`);
  console.log(table(['', 'outcome', 'first item, ms', 'idle RSS, MB', 'peak above idle, MB'], rows));
}

async function ratios(file: LinesFile): Promise<void> {
  const runs = new Map<string, Run[]>(Object.keys(WAYS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, source] of Object.entries(WAYS))
      runs.get(name)?.push(await throughFlow(source, file, { mostSeconds: MOST_SECONDS }));
  }
  const measured = (name: string, write: (run: Run) => number): Measured =>
    summarise((runs.get(name) ?? []).map(write));
  const ways = [
    ['time', ({ seconds }: Run) => seconds],
    ['CPU', ({ cpuSeconds }: Run) => cpuSeconds],
    ['memory beyond idle', ({ peakMb, idleMb }: Run) => Math.max(1, peakMb - idleMb)],
  ] as const;
  const ratio = (name: string, write: (run: Run) => number): Measured =>
    over(measured(name, write), measured(PEER, write));
  console.log(`\nA file of ${sizeOf(file)}, ${ROUNDS} times each in turn, divided by the core node's:\n`);
  console.log(
    table(
      ['', ...ways.map(([of]) => of)],
      Object.keys(WAYS).map((name) => [name, ...ways.map(([, write]) => told(ratio(name, write)))]),
    ),
  );
  for (const name of Object.keys(WAYS).filter((way) => way !== PEER)) {
    for (const [of, write] of ways) {
      const what = `${of} for the lines of a file, ${name.replace('memory-lazy, ', '')}`;
      printAgainst({ nodes: 'memory-lazy', peer: PEER, of: what, ratio: ratio(name, write) });
    }
  }
}

async function main(): Promise<void> {
  const curves: Series[] = [];
  await withFile(LARGE_MB, async (file) => {
    await large(file, curves);
    await slow(file, curves);
  });
  const plot = {
    title: 'Memory of Node-RED while a file goes through',
    x: { label: 'seconds' },
    y: { label: 'RSS, MB' },
    series: curves,
  };
  console.log(`\n${writePlot('lazy-memory', plot)}`);
  await withFile(SMALL_MB, ratios);
}

function outcome({ lived, death }: Run): string {
  return death
    ? `died: ${/out of memory/.test(death) ? 'heap out of memory' : death}`
    : lived
      ? 'all lines'
      : 'still running';
}

function figures(run: Run): string[] {
  return [
    run.seconds.toFixed(1),
    ((run.cpuSeconds * 1e6) / run.lines).toFixed(1),
    String(run.firstMs),
    run.idleMb.toFixed(0),
    (run.peakMb - run.idleMb).toFixed(0),
  ];
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
