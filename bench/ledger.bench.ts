/** What following messages costs a chain of ten function nodes in a real Node-RED. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { table } from '../tools/table';
import { figure, type Measured } from './support/measure';

const { stdout, stderr, status } = spawnSync(
  process.execPath,
  ['-r', 'tsx/cjs', join(__dirname, 'support', 'function-chain.ts')],
  { encoding: 'utf8' },
);
if (status !== 0) throw new Error(`function-chain: ${stderr}`);
const costs: Record<string, Measured & { ratio: number }> = JSON.parse(
  stdout.trim().split('\n').at(-1) ?? '',
);
console.log('CPU µs for one message through ten function nodes:\n');
console.log(
  table(
    ['', 'µs, median', 'spread', 'more than bare, median of rounds'],
    Object.entries(costs).map(([name, { median, spread, ratio }]) => [
      name,
      figure(median),
      `${figure(spread[0])} to ${figure(spread[1])}`,
      `${((ratio - 1) * 100).toFixed(1)} %`,
    ]),
  ),
);
