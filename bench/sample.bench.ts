/** What a sample costs, beside `process.memoryUsage()`, prom-client's default metrics and os.totalmem/freemem. */
import { spawn } from 'node:child_process';
import os from 'node:os';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { otherSampler, selfSampler } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { figure, over, scaled, sideBySide, told } from './support/measure';

async function main(): Promise<void> {
  const plain = selfSampler();
  const withPss = selfSampler({ include: ['container', 'system', 'pss'] });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const costs = await sideBySide(
    {
      'process.memoryUsage()': () => process.memoryUsage(),
      'os.totalmem() and freemem()': () => [os.totalmem(), os.freemem()],
      'a sample': () => plain.sample(),
      'prom-client: metrics()': () => registry.metrics(),
    },
    1000,
  );
  const { 'a sample with PSS': pss } = await sideBySide({ 'a sample with PSS': () => withPss.sample() }, 50);
  const bare = costs['process.memoryUsage()'];
  const rows = Object.entries({ ...costs, 'a sample with PSS': pss }).map(([name, cost]) => [
    name,
    told(cost),
    told(over(cost, bare)),
    `${((cost.median / 1e6) * 100).toPrecision(2)} %`,
  ]);
  console.log(table(['call', 'µs', '÷ memoryUsage()', 'CPU at one a second'], rows));
  for (const peer of ['process.memoryUsage()', 'prom-client: metrics()'] as const)
    printAgainst({
      nodes: 'memory-sample',
      peer,
      of: 'CPU of one sample',
      ratio: over(costs['a sample'], costs[peer]),
    });
  plain.close();
  withPss.close();
  registry.clear();

  await tree(50);
}

/** A tree of so many processes, from the first listing of /proc to the sum. */
async function tree(count: number): Promise<void> {
  const children = Array.from({ length: count - 1 }, () => spawn('sleep', ['60'], { stdio: 'ignore' }));
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('spawn', resolve))));
  const without = otherSampler({ by: 'tree', root: process.pid });
  const withPss = otherSampler({ by: 'tree', root: process.pid }, { include: ['pss'] });
  const costs = await sideBySide(
    { 'RSS only': () => without.sample(), 'with PSS': () => withPss.sample() },
    5,
  );
  console.log(`\nA tree of ${count} processes:\n`);
  const rows = Object.entries(costs).map(([name, cost]) => [
    name,
    told(scaled(cost, 1e-3)),
    figure(cost.median / count),
  ]);
  console.log(table(['sample', 'ms', 'µs per process'], rows));
  for (const child of children) child.kill();
}

main();
