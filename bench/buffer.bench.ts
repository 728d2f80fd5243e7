/** What a pooled buffer costs beside Node.js's own allocators and generic-pool, alone and in a whole flow. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createPool } from 'generic-pool';
import { Pool } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { figuresOf } from './support/child';
import { figure, type Measured, over, sideBySide, summarise, told } from './support/measure';
import { unlessQuick } from './support/quick';

const KB = 1024;
const SIZES = [1, 2, 4, 8, 16, 64, 1024].map((size) => size * KB);

const NODES = 'memory-pool, memory-lease, memory-return';
const PEERS = ['Buffer.alloc', 'generic-pool'] as const;
/** What the summary tells: small buffers, where a pool is the wrong thing, and those it is made for. */
const TOLD_AT: Record<number, (typeof PEERS)[number][]> = {
  [4 * KB]: ['Buffer.alloc'],
  [64 * KB]: [...PEERS],
  [1024 * KB]: [...PEERS],
};

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
      ...PEERS.map((peer) => told(over(costs['lease + return'], costs[peer]))),
    ]);
    for (const peer of TOLD_AT[size] ?? []) {
      const ratio = over(costs['lease + return'], costs[peer]);
      printAgainst({ nodes: NODES, peer, of: `CPU of a buffer of ${size / KB} KB`, ratio });
    }
    pool.close();
    await generic.drain();
  }
  const names = ['lease + return', 'alloc', 'allocUnsafe', 'allocUnsafeSlow', 'generic-pool'];
  console.log('CPU µs for one buffer, its first byte written:\n');
  console.log(table(['size', ...names, 'lease ÷ alloc', 'lease ÷ generic-pool'], rows));
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
  cpuPerMessage: number;
  peakMB: number;
  pauseMs: number;
  right: number;
  wrong: number;
  leaked: number;
}

const RUNS = unlessQuick(3, 1);

/** 64 KB to four branches in a real Node-RED: pooled, and by allocUnsafeSlow, in turn. */
function wholeFlow(): void {
  const runs: Record<string, Run[]> = { pooled: [], allocUnsafeSlow: [] };
  for (let round = 0; round < RUNS; round += 1) {
    for (const mode of Object.keys(runs)) {
      runs[mode]?.push(figuresOf<Run>('fan-out', [mode]));
    }
  }
  const measured = (mode: string, key: keyof Run): Measured =>
    summarise((runs[mode] ?? []).map((run) => run[key]));
  const keys = ['cpuPerMessage', 'peakMB', 'pauseMs', 'right', 'wrong', 'leaked'] as const;
  const rows = Object.keys(runs).map((mode) => [mode, ...keys.map((key) => told(measured(mode, key)))]);
  const ratio = (key: keyof Run): Measured => over(measured('pooled', key), measured('allocUnsafeSlow', key));
  rows.push(['pooled ÷ not', ...keys.slice(0, 3).map((key) => told(ratio(key))), '', '', '']);
  console.log(
    '\n64 KB to four branches in Node-RED 4.1, 10,000 messages at 500 a second, one in fifty 3 s late:\n',
  );
  const head = ['CPU µs per message', 'peak arrayBuffers MB', 'GC pauses ms', 'right', 'wrong'];
  console.log(table(['', ...head, 'in use at the end'], rows));
  const peer = 'Buffer.allocUnsafeSlow';
  for (const [key, of] of [
    ['cpuPerMessage', 'CPU of a message of 64 KB through a flow'],
    ['peakMB', 'peak of array buffers of that flow'],
    ['pauseMs', 'pauses for collections of that flow'],
  ] as const)
    printAgainst({ nodes: NODES, peer, of, ratio: ratio(key) });
}

async function main(): Promise<void> {
  await alone();
  garbage();
  wholeFlow();
}

main();
