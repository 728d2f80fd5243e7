/**
 * What a scrape of memory-metrics costs beside prom-client's default metrics in the same process, and what being
 * watched between scrapes costs. `process.cpuUsage` of the whole process, so that native timers count too.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { PrometheusExposition } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { figure, over, sideBySide, told } from './support/measure';
import { unlessQuick } from './support/quick';

const IDLE_S = unlessQuick(10, 1);

/** CPU in ms per minute of a process that does nothing but what is watched. */
async function idle(): Promise<number> {
  const before = process.cpuUsage();
  await pause(IDLE_S * 1000);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1000 / IDLE_S) * 60;
}

async function main(): Promise<void> {
  await idle(); // what starting has left to do
  const nothing = await idle();
  const exposition = new PrometheusExposition({ labels: { site: 'plant 1' } });
  const unscraped = await idle();
  const { text } = await exposition.scrape();
  const scraped = await idle();

  const defaults = new Registry();
  collectDefaultMetrics({ register: defaults });
  const costs = await sideBySide(
    { ours: () => exposition.scrape(), 'prom-client': () => defaults.metrics() },
    200,
  );
  const peer = costs['prom-client'];
  const size = (body: string): string => String(body.split('\n').filter((line) => /^[^#]/.test(line)).length);
  console.log(
    table(
      ['a scrape', 'series', 'µs', '÷ prom-client'],
      [
        ['memory-metrics', size(text), told(costs.ours), told(over(costs.ours, peer))],
        ['prom-client: default metrics', size(await defaults.metrics()), told(peer), figure(1)],
      ],
    ),
  );
  const ratio = over(costs.ours, peer);
  printAgainst({ nodes: 'memory-metrics', peer: 'prom-client', of: 'CPU of one scrape', ratio });
  exposition.close();
  defaults.clear();
  console.log(
    `\nCPU of an idle process, ms a minute: ${figure(nothing)} without an endpoint, ${figure(unscraped)} with one that nobody scrapes, ${figure(scraped)} between two scrapes (collections observed, delays of the event loop counted natively).`,
  );
}

main();
