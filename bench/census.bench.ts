/**
 * What a census of a heap takes beyond V8's own writing of the snapshot, how long the event loop stands still, and how fast
 * the file is read beside memlab's loader.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { figuresOf } from './support/child';
import { type Measured, over, scaled, summarise, told } from './support/measure';
import { fetchPeer } from './support/peer';
import { unlessQuick } from './support/quick';

const MEMLAB = fetchPeer('@memlab/heap-analysis');
/** Readings of one file, in turn: one of memlab takes a second for each 20 MB. */
const READINGS = unlessQuick(3, 1);
const MB = 1e6;

interface Figures {
  ms: number;
  blockMs: number;
  nextMs: number;
  peakRss: number;
  extraRss: number;
  fileBytes: number;
}

function run(what: string, file: string): Figures {
  return figuresOf('census-process', [what, file, MEMLAB.folder], {
    nodeArgs: ['--max-old-space-size=4096'],
  });
}

const mb = (bytes: number): string => `${Math.round(bytes / MB)} MB`;

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const file = join(folder, 'one.heapsnapshot');
  try {
    const v8 = run('v8', file);
    const rows = [['V8 alone (`v8.writeHeapSnapshot`)', `${v8.blockMs} ms`, '', '', mb(v8.peakRss), '']];
    for (const [what, name] of [
      ['types', 'census by type'],
      ['chains', 'what holds a type'],
    ] as const) {
      const { blockMs, ms, nextMs, peakRss } = run(what, folder);
      rows.push([
        name,
        `${blockMs} ms`,
        `${ms} ms`,
        `${nextMs} ms`,
        mb(peakRss),
        mb(Math.max(0, peakRss - v8.peakRss)),
      ]);
    }
    console.log(`Heap of ${unlessQuick(100, 20)} MB, file of ${mb(v8.fileBytes)}:\n`);
    console.log(
      table(
        ['', 'stands still', 'reading, in a thread', 'next longest stall', 'peak RSS', 'beyond V8 alone'],
        rows,
      ),
    );
    const read = { histogram: [] as Figures[], memlab: [] as Figures[] };
    for (let round = 0; round < READINGS; round += 1) {
      for (const what of ['histogram', 'memlab'] as const) read[what].push(run(what, file));
    }
    const measured = (what: keyof typeof read, key: keyof Figures): Measured =>
      summarise(read[what].map((figures) => figures[key]));
    const ratio = (key: keyof Figures): Measured => over(measured('memlab', key), measured('histogram', key));
    const row = (name: string, what: keyof typeof read): string[] => [
      name,
      `${told(measured(what, 'ms'))} ms`,
      `${told(scaled(measured(what, 'extraRss'), 1 / MB))} MB`,
    ];
    console.log('\nReading the file, each in a process of its own:\n');
    console.log(
      table(
        ['reader', 'time', 'extra RSS', 'times slower', 'times the RSS'],
        [
          [...row('Headroom, histogram', 'histogram'), '1', '1'],
          [...row(`${MEMLAB.name}, loader`, 'memlab'), told(ratio('ms')), told(ratio('extraRss'))],
        ],
      ),
    );
    const against = { nodes: 'memory-census', peer: MEMLAB.name };
    for (const [key, of] of [
      ['ms', 'time to read a heap snapshot'],
      ['extraRss', 'RSS to read a heap snapshot'],
    ] as const)
      printAgainst({ ...against, of, ratio: over(measured('histogram', key), measured('memlab', key)) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
