/** What a pooled buffer costs beside Node.js's own allocators and generic-pool, alone and in a whole flow. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createPool } from 'generic-pool';
import { Pool } from '../src';
import { table } from '../tools/table';
import { figure, sideBySide } from './support/measure';

const KB = 1024;
const SIZES = [1, 2, 4, 8, 16, 64, 1024].map((size) => size * KB);

/** The last eight live on, so that an allocator cannot hand the same bytes out at once. */
const kept: unknown[] = [];
let turn = 0;

function keep(buffer: Buffer): void {
  buffer[0] = 1;
  turn = (turn + 1) % 8;
  kept[turn] = buffer;
}

async function alone(): Promise<void> {
  const rows: string[][] = [];
  for (const size of SIZES) {
    const pool = new Pool('bench', { minBytes: 1, maxBytes: 2 * KB * KB });
    const generic = createPool(
      { create: async () => Buffer.allocUnsafeSlow(size), destroy: async () => undefined },
      { max: 16, min: 1 },
    );
    const costs = await sideBySide(
      {
        'lease + return': () => {
          const lease = pool.lease(size);
          keep(lease.buffer);
          lease.release();
        },
        'Buffer.alloc': () => keep(Buffer.alloc(size)),
        'Buffer.allocUnsafe': () => keep(Buffer.allocUnsafe(size)),
        'Buffer.allocUnsafeSlow': () => keep(Buffer.allocUnsafeSlow(size)),
        'generic-pool': async () => {
          const buffer = await generic.acquire();
          keep(buffer);
          await generic.release(buffer);
        },
      },
      size > 100 * KB ? 2_000 : 10_000,
    );
    rows.push([
      `${size / KB} KB`,
      ...Object.values(costs).map(({ median }) => figure(median)),
      figure(costs['lease + return'].median / costs['Buffer.alloc'].median),
    ]);
    pool.close();
    await generic.drain();
  }
  const names = ['lease + return', 'alloc', 'allocUnsafe', 'allocUnsafeSlow', 'generic-pool'];
  console.log('CPU µs for one buffer, its first byte written:\n');
  console.log(table(['size', ...names, 'lease ÷ alloc'], rows));
}

/** Heap bytes that one lease and its return leave to the garbage collector. */
function garbage(): void {
  const script = `
    const { Pool } = require(${JSON.stringify(join(__dirname, '../src'))});
    const pool = new Pool('bench');
    const use = (times) => { for (let i = 0; i < times; i += 1) pool.lease(65536).release(); };
    use(20000); gc();
    const before = process.memoryUsage().heapUsed;
    use(1000);
    console.log((process.memoryUsage().heapUsed - before) / 1000);
    process.exit();`;
  const args = ['--expose-gc', '--max-semi-space-size=64', '-r', 'tsx/cjs', '-e', script];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: join(__dirname, '..') });
  console.log(
    `\nHeap bytes per lease and return of 64 KB, in the steady state: ${Math.round(Number(stdout))}.`,
  );
}

interface Run {
  node: string;
  cpuPerMessage: number;
  peakMB: number;
  pauseMs: number;
  right: number;
  wrong: number;
  leaked: number;
}

const RUNS = 3;

/** 64 KB to four branches in a real Node-RED: pooled, and by allocUnsafeSlow, in turn. */
function wholeFlow(): void {
  const runs: Record<string, Run[]> = { pooled: [], allocUnsafeSlow: [] };
  for (let round = 0; round < RUNS; round += 1) {
    for (const mode of Object.keys(runs)) {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ['-r', 'tsx/cjs', join(__dirname, 'support', 'fan-out.ts'), mode],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`fan-out ${mode}: ${stderr}`);
      runs[mode]?.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    }
  }
  const median = (mode: string, key: Exclude<keyof Run, 'node'>): number =>
    (runs[mode] ?? []).map((run) => run[key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
  const keys = ['cpuPerMessage', 'peakMB', 'pauseMs', 'right', 'wrong', 'leaked'] as const;
  console.log(
    '\n64 KB to four branches in Node-RED 4.1, 20,000 messages at 500 a second, one in fifty 3 s late:\n',
  );
  const rows = Object.keys(runs).map((mode) => [mode, ...keys.map((key) => figure(median(mode, key)))]);
  rows.push([
    'pooled ÷ not',
    ...keys.slice(0, 3).map((key) => figure(median('pooled', key) / median('allocUnsafeSlow', key))),
    '',
    '',
    '',
  ]);
  console.log(
    table(
      [
        '',
        'CPU µs per message',
        'peak arrayBuffers MB',
        'GC pauses ms',
        'right',
        'wrong',
        'in use at the end',
      ],
      rows,
    ),
  );
}

async function main(): Promise<void> {
  await alone();
  garbage();
  wholeFlow();
}

main();
