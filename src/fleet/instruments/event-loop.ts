import type { IntervalHistogram } from 'node:perf_hooks';
import type { Instrument } from '../instrument';

const NS_PER_S = 1e9;
const MS_PER_S = 1e3;

const DELAYS: readonly [figure: string, help: string, (delays: IntervalHistogram) => number][] = [
  ['min', 'Least', (delays) => delays.min],
  ['max', 'Most', (delays) => delays.max],
  ['mean', 'Mean', (delays) => delays.mean],
  ['stddev', 'Standard deviation of the', (delays) => delays.stddev],
  ['p50', 'Median', (delays) => delays.percentile(50)],
  ['p90', '90th percentile of the', (delays) => delays.percentile(90)],
  ['p99', '99th percentile of the', (delays) => delays.percentile(99)],
];

/** The event loop, by OpenTelemetry's semantic conventions for Node.js (status: development). */
export const eventLoop: readonly Instrument[] = [
  ...DELAYS.map(
    ([figure, help, read]): Instrument => ({
      name: `nodejs.eventloop.delay.${figure}`,
      kind: 'gauge',
      unit: 's',
      help: `${help} delay of the event loop since the last scrape.`,
      labels: [],
      // Nothing counted yet: the mean of nothing is no number.
      read: ({ delays }) => (delays.count === 0 ? [] : [{ value: read(delays) / NS_PER_S }]),
    }),
  ),
  {
    name: 'nodejs.eventloop.utilization',
    kind: 'gauge',
    unit: '1',
    help: 'Share of the time since the last scrape in which the event loop worked.',
    labels: [],
    read: ({ utilization }) => [{ value: utilization }],
  },
  {
    name: 'nodejs.eventloop.time',
    kind: 'counter',
    unit: 's',
    help: 'Time that the event loop has spent in each state.',
    labels: ['nodejs_eventloop_state'],
    read: ({ loop }) => [
      { value: loop.active / MS_PER_S, labels: { nodejs_eventloop_state: 'active' } },
      { value: loop.idle / MS_PER_S, labels: { nodejs_eventloop_state: 'idle' } },
    ],
  },
];
