/**
 * A large file by lines through function → function → sink in a real Node-RED with a 128 MB heap: memory-lazy beside the
 * core file node, on the same file. Then the same with a function that takes 5 ms for each message.
 * `LAZY_MB` sets the file's size (1024). The figure goes to docs/lazy-memory.svg.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../tools/table';
import { type Curve, figure } from './lazy/figure';
import { makeLines } from './lazy/file';
import { CORE, LAZY, type Run, throughFlow } from './lazy/through-flow';

const MB = 1_048_576;
const SIZE_MB = Number(process.env.LAZY_MB ?? 1_024);
/** A consumer of 5 ms would take hours: so long is watched. */
const SLOW_SECONDS = 20;

const WAYS = [
  { name: 'core file in, lines', source: CORE, colour: '#c0392b' },
  { name: 'memory-lazy, window 1', source: { ...LAZY, window: 1 }, colour: '#7f8c8d' },
  { name: 'memory-lazy, window 16', source: { ...LAZY, window: 16 }, colour: '#2980b9' },
  { name: 'memory-lazy, batch 100', source: { ...LAZY, batch: 100 }, colour: '#27ae60' },
];
const SLOW_WAYS = [
  { name: 'core file in, 5 ms each', source: CORE, colour: '#e67e22' },
  { name: 'memory-lazy, window 4, 5 ms each', source: { ...LAZY, window: 4 }, colour: '#8e44ad' },
];

async function main(): Promise<void> {
  const file = makeLines(SIZE_MB * MB);
  const curves: Curve[] = [];
  try {
    const rows: string[][] = [];
    let core: Run | null = null;
    for (const { name, source, colour } of WAYS) {
      const run = await throughFlow(source, file, { mostSeconds: 150 });
      core ??= run;
      curves.push({ name, colour, points: run.rss });
      rows.push([
        name,
        outcome(run),
        ...figures(run),
        times(core.seconds / run.seconds),
        times(core.cpuSeconds / run.cpuSeconds),
      ]);
      console.error(name, run.seconds, run.cpuSeconds, run.peakMb);
    }
    const size = `${Math.round(file.bytes / MB)} MB, ${file.lines.toLocaleString('en')} lines`;
    console.log(`A file of ${size}, through function → function → sink, heap limited to 128 MB:\n`);
    console.log(
      table(
        [
          '',
          'outcome',
          's',
          'CPU µs/line',
          'first item, ms',
          'idle RSS, MB',
          'peak above idle, MB',
          'throughput/core',
          'core CPU/its CPU',
        ],
        rows,
      ),
    );
    const slow: string[][] = [];
    for (const { name, source, colour } of SLOW_WAYS) {
      const run = await throughFlow(source, file, { chain: 'slow', mostSeconds: SLOW_SECONDS });
      curves.push({ name, colour, points: run.rss });
      slow.push([name, outcome(run), ...figures(run).slice(2)]);
    }
    console.log(`\nThe same file to a function that takes 5 ms for each message, for ${SLOW_SECONDS} s:\n`);
    console.log(table(['', 'outcome', 'first item, ms', 'idle RSS, MB', 'peak above idle, MB'], slow));
  } finally {
    file.remove();
  }
  const svg = figure('Memory of Node-RED while a file goes through', 'seconds', 'RSS, MB', curves);
  writeFileSync(join(__dirname, '..', 'docs', 'lazy-memory.svg'), svg);
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

function times(ratio: number): string {
  return ratio.toFixed(2);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
