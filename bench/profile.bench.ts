/** What a profile costs a flow, and how true its figures are. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatBytes } from '../src';
import { table } from '../tools/table';
import { figure, type Measured } from './support/measure';

interface Accuracy {
  rows: { id: string; truth: number; read: number }[];
  churned: number;
  readMs: number;
  heapUsed: number;
}

const { stdout, stderr, status } = spawnSync(
  process.execPath,
  ['-r', 'tsx/cjs', join(__dirname, 'support', 'profile-flow.ts')],
  { encoding: 'utf8' },
);
if (status !== 0) throw new Error(`profile-flow: ${stderr}`);
const { costs, readings } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
  costs: Record<string, Measured & { ratio: number }>;
  readings: Record<string, Accuracy>;
};

console.log(
  'CPU µs for one message through JSON, functions, change and switch, by the distance of samples:\n',
);
console.log(
  table(
    ['a sample every', 'µs, median', 'spread', 'more than none, median of rounds'],
    Object.entries(costs).map(([name, { median, spread, ratio }]) => [
      name,
      figure(median),
      `${figure(spread[0])} to ${figure(spread[1])}`,
      `${((ratio - 1) * 100).toFixed(1)} %`,
    ]),
  ),
);
console.log(
  '\nLive bytes of three function nodes that keep readings, beside one that makes 170 MB and keeps nothing:\n',
);
console.log(
  table(
    ['a sample every', 'node', 'truth', 'read', 'off by'],
    Object.entries(readings).flatMap(([sampleBytes, { rows }]) =>
      rows.map(({ id, truth, read }) => [
        formatBytes(Number(sampleBytes)),
        id,
        formatBytes(truth),
        formatBytes(read),
        `${((read / truth - 1) * 100).toFixed(1)} %`,
      ]),
    ),
  ),
);
const last = Object.values(readings).at(-1);
if (last)
  console.log(
    `\nThe one that keeps nothing shows ${formatBytes(last.churned)}. A reading takes ${Math.round(last.readMs)} ms at a heap of ${formatBytes(last.heapUsed)}.`,
  );
