/**
 * A census of a heap of 100 MB: what it takes beyond V8's own writing of the snapshot, how long the event loop stands
 * still, and how fast the file is read beside memlab's loader. memlab is no dependency: it is installed into `.cache`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../tools/table';

const ROOT = join(__dirname, '..');
const PEER = '@memlab/heap-analysis';
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
  const script = join(__dirname, 'support', 'census-process.ts');
  const args = ['--max-old-space-size=4096', '--require', 'tsx/cjs', script, what, file, peerFolder()];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: ROOT });
  if (status !== 0) throw new Error(`${what}: ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

function peerFolder(): string {
  const folder = join(ROOT, '.cache', 'memlab');
  if (existsSync(join(folder, 'node_modules', PEER))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const env = { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' };
  const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', PEER], {
    cwd: folder,
    env,
  });
  if (status !== 0) throw new Error(`${PEER} could not be installed into ${folder}`);
  return folder;
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
    console.log(`Heap of 100 MB, file of ${mb(v8.fileBytes)}:\n`);
    console.log(
      table(
        ['', 'stands still', 'reading, in a thread', 'next longest stall', 'peak RSS', 'beyond V8 alone'],
        rows,
      ),
    );
    const ours = run('histogram', file);
    const memlab = run('memlab', file);
    console.log('\nReading the file, each in a process of its own:\n');
    console.log(
      table(
        ['reader', 'time', 'extra RSS', 'times slower', 'times the RSS'],
        [
          ['Headroom, histogram', `${ours.ms} ms`, mb(ours.extraRss), '1', '1'],
          [
            'memlab, loader',
            `${memlab.ms} ms`,
            mb(memlab.extraRss),
            (memlab.ms / ours.ms).toFixed(1),
            (memlab.extraRss / ours.extraRss).toFixed(1),
          ],
        ],
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
