/**
 * A large file by lines through function → function → sink in a real Node-RED with a 128 MB heap: memory-lazy beside the
 * core file node, on the same file. Then the same behind a core delay node that limits the rate, and a smaller file several
 * times, for ratios with their spread. `LAZY_MB` sets the large file's size (1024).
 *
 * The time goes from the button to the last line at the sink, so it is fair to both: the core node sends some 65 lines at
 * once and lets them go through the flow together, memory-lazy sends the next when one is through.
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
/** At 200 lines a second the file would take hours: so long is watched. */
const LIMITED_SECONDS = unlessQuick(30, 2);
const MOST_SECONDS = 150;

type Source = Parameters<typeof throughFlow>[0];
type Ways = Readonly<Record<string, Source>>;

const PEER = 'core file in, lines';
const LARGE_WAYS: Ways = {
  [PEER]: CORE,
  'memory-lazy, window 4': { ...LAZY, window: 4 },
  'memory-lazy, batch 100': { ...LAZY, batch: 100 },
};
const WAYS: Ways = {
  ...LARGE_WAYS,
  'memory-lazy, window 1': { ...LAZY, window: 1 },
  'memory-lazy, window 16': { ...LAZY, window: 16 },
};
const LIMITED_WAYS: Ways = {
  'core file in, rate limit': CORE,
  'memory-lazy, window 4, rate limit': { ...LAZY, window: 4 },
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

async function limited(file: LinesFile, curves: Series[]): Promise<void> {
  const rows: string[][] = [];
  for (const [name, source] of Object.entries(LIMITED_WAYS)) {
    const run = await throughFlow(source, file, { chain: 'limited', mostSeconds: LIMITED_SECONDS });
    curves.push({ name, points: run.rss });
    const [seconds = '', , ...rest] = figures(run);
    rows.push([name, outcome(run), seconds, ...rest]);
  }
  console.log(
    `\nThe same file to a core delay node that lets 200 messages through in a second, watched for ${LIMITED_SECONDS} s:\n`,
  );
  console.log(table(['', 'outcome', 's', 'first item, ms', 'idle RSS, MB', 'peak above idle, MB'], rows));
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
    await limited(file, curves);
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
