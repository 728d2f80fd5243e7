import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { TAKEN } from '../../../nodes/memory-metrics/labels';
import {
  announceWatch,
  closePool,
  INSTRUMENTS,
  LeakWatch,
  openPool,
  PrometheusExposition,
  type PrometheusOptions,
  prometheusName,
} from '../../../src';
import { collect } from '../../support/collections';
import { watchHoldings } from '../../support/resources';

/** OpenTelemetry's semantic conventions for V8 and Node.js, in Prometheus's spelling. */
const CONVENTIONS = {
  v8js_gc_duration_seconds: 'histogram',
  v8js_memory_heap_used_bytes: 'gauge',
  v8js_memory_heap_limit_bytes: 'gauge',
  v8js_memory_heap_space_size_bytes: 'gauge',
  v8js_memory_heap_space_available_size_bytes: 'gauge',
  v8js_memory_heap_space_physical_size_bytes: 'gauge',
  v8js_resource_active: 'gauge',
  nodejs_eventloop_delay_min_seconds: 'gauge',
  nodejs_eventloop_delay_max_seconds: 'gauge',
  nodejs_eventloop_delay_mean_seconds: 'gauge',
  nodejs_eventloop_delay_stddev_seconds: 'gauge',
  nodejs_eventloop_delay_p50_seconds: 'gauge',
  nodejs_eventloop_delay_p90_seconds: 'gauge',
  nodejs_eventloop_delay_p99_seconds: 'gauge',
  nodejs_eventloop_utilization_ratio: 'gauge',
  nodejs_eventloop_time_seconds_total: 'counter',
};

describe('the Prometheus exposition', () => {
  let exposition: PrometheusExposition;

  function open(options?: PrometheusOptions): void {
    exposition = new PrometheusExposition(options);
  }

  async function lines(pattern: RegExp): Promise<string[]> {
    const { text } = await exposition.scrape();
    return text.split('\n').filter((line) => pattern.test(line));
  }

  afterEach(() => exposition?.close());

  it('has every name of the conventions for V8 and Node.js, with its unit and type', async () => {
    open();
    const types = await lines(/^# TYPE (v8js|nodejs)_/);
    for (const [name, type] of Object.entries(CONVENTIONS)) {
      assert(types.includes(`# TYPE ${name} ${type}`), `${name} ${type}`);
    }
  });

  it('tells the bytes left until each limit, and which is nearest', async () => {
    open();
    assert.match((await lines(/^headroom_free_bytes\{limit="heap"/))[0] ?? '', / \d+$/);
    assert.match((await lines(/^headroom_nearest_bytes/))[0] ?? '', /\{limit="\w+"\} \d+$/);
    const [share = ''] = await lines(/^headroom_nearest_share_ratio/);
    const value = Number(share.split(' ')[1]);
    assert(value > 0 && value <= 1, share);
  });

  it('puts its labels on every series, quotes and line breaks escaped', async () => {
    open({ labels: { site: 'Plant "A"\nhall \\ 2' } });
    await exposition.scrape();
    await collect();
    const series = await lines(/^[^#]/);
    assert(series.length > 60);
    for (const line of series) assert(line.includes(String.raw`site="Plant \"A\"\nhall \\ 2"`), line);
  });

  it('counts collections by type from the first scrape on', async () => {
    open();
    await exposition.scrape();
    await collect('major', 3);
    assert.deepEqual(await lines(/duration_seconds_count\{v8js_gc_type="major"/), [
      'v8js_gc_duration_seconds_count{v8js_gc_type="major"} 3',
    ]);
  });

  it('tells of every pool and every leak watch', async () => {
    open();
    openPool('metrics-pool', 'frames').lease(5_000);
    const watch = new LeakWatch({
      detect: { sensitivity: 'normal' },
      gate: { whenClosed: 'pass', sizeOf: () => 1, release: () => {} },
      onChange() {},
      onForget() {},
    } as unknown as ConstructorParameters<typeof LeakWatch<never>>[0]);
    watch.read('device 7', 1_000, 5e6, 1e8);
    const withdraw = announceWatch({ id: 'w1', type: 'leak-watch', name: 'devices' }, watch);
    try {
      assert.deepEqual(await lines(/^headroom_pool_in_use_buffers/), [
        'headroom_pool_in_use_buffers{pool="frames",pool_id="metrics-pool"} 1',
      ]);
      assert.deepEqual(await lines(/^headroom_watch_leaking/), [
        'headroom_watch_leaking{watch="devices",watch_id="w1",key="device 7"} 0',
      ]);
    } finally {
      withdraw();
      closePool('metrics-pool', true);
    }
  });

  it('leaves another user of prom-client in the process alone', async () => {
    open();
    const other = new Registry();
    collectDefaultMetrics({ register: other });
    await exposition.scrape();
    assert.match(await other.metrics(), /process_cpu_seconds_total/);
    assert.doesNotMatch(await other.metrics(), /headroom_/);
    other.clear();
  });

  it('answers several scrapes at once', async () => {
    open();
    const answers = await Promise.all([1, 2, 3].map(() => exposition.scrape()));
    for (const { text } of answers) assert.match(text, /^headroom_nearest_bytes/m);
  });

  it('watches nothing before the first scrape, and leaves nothing behind when it is closed', async () => {
    const holdings = watchHoldings();
    try {
      const before = await holdings.count();
      open();
      assert.deepEqual(await holdings.count(), before);
      await exposition.scrape();
      assert.equal((await holdings.count()).observing, true);
      exposition.close();
      assert.deepEqual(await holdings.count(), before);
    } finally {
      holdings.stop();
    }
  });

  it('stops watching when nobody has scraped for ten minutes, and begins again with the next scrape', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      open();
      await exposition.scrape();
      mock.timers.tick(9 * 60_000);
      assert.equal(exposition.watching, true);
      mock.timers.tick(60_001);
      assert.equal(exposition.watching, false);
      await exposition.scrape();
      assert.equal(exposition.watching, true);
    } finally {
      exposition.close();
      mock.timers.reset();
    }
  });

  it('refuses to answer once it is closed', async () => {
    open();
    await exposition.scrape();
    exposition.close();
    await assert.rejects(exposition.scrape(), /closed/);
  });
});

describe('the metrics', () => {
  it('have names that differ in Prometheus too', () => {
    const names = INSTRUMENTS.map(prometheusName);
    assert.equal(new Set(names).size, names.length);
  });

  it('are spelt with their units as OpenTelemetry says', () => {
    const spelt = (name: string, kind: 'gauge' | 'counter', unit: 'By' | 's' | '1' | ''): string =>
      prometheusName({ name, kind, unit });
    assert.equal(spelt('v8js.memory.heap.used', 'gauge', 'By'), 'v8js_memory_heap_used_bytes');
    assert.equal(spelt('nodejs.eventloop.time', 'counter', 's'), 'nodejs_eventloop_time_seconds_total');
    assert.equal(spelt('nodejs.eventloop.utilization', 'gauge', '1'), 'nodejs_eventloop_utilization_ratio');
    assert.equal(spelt('v8js.resource.active', 'gauge', ''), 'v8js_resource_active');
  });

  it('use no label that a user could put on all series', () => {
    const used = new Set([...INSTRUMENTS.flatMap(({ labels }) => labels), 'le', 'v8js_gc_type']);
    assert.deepEqual([...used].sort(), [...TAKEN].sort());
  });
});
