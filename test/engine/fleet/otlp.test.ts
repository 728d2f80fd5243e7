import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { OtlpPush } from '../../../src';
import { collect } from '../../support/collections';

interface Metric {
  name: string;
  unit: string;
  gauge?: { dataPoints: Point[] };
  sum?: { dataPoints: Point[]; isMonotonic: boolean };
  histogram?: { dataPoints: (Point & { count: number })[] };
}
interface Point {
  attributes: { key: string; value: { stringValue: string } }[];
}

/** A collector that takes OTLP over HTTP. */
class Collector {
  readonly pushes: { metrics: Metric[]; service: string }[] = [];
  #came: (() => void)[] = [];
  #server: Server | null = null;

  async start(port = 0): Promise<number> {
    this.#server = createServer(async (request, response) => {
      const { resourceMetrics } = JSON.parse(await text(request));
      const [{ resource, scopeMetrics }] = resourceMetrics;
      const service = resource.attributes.find(({ key }: { key: string }) => key === 'service.name');
      this.pushes.push({ metrics: scopeMetrics[0].metrics, service: service.value.stringValue });
      response.setHeader('content-type', 'application/json').end('{}');
      for (const wake of this.#came.splice(0)) wake();
    }).listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async next(): Promise<Metric[]> {
    await new Promise<void>((resolve) => this.#came.push(resolve));
    return this.pushes.at(-1)?.metrics ?? [];
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    if (this.#server) await once(this.#server, 'close');
  }
}

describe('the push to an OpenTelemetry collector', () => {
  const collector = new Collector();
  let push: OtlpPush | undefined;
  const outcomes: (Error | null)[] = [];
  let told: (() => void)[] = [];

  function start(port: number): Promise<OtlpPush> {
    return OtlpPush.start({
      url: `http://127.0.0.1:${port}/v1/metrics`,
      intervalMs: 1_000,
      labels: { site: 'plant 1' },
      onPushed(error) {
        outcomes.push(error);
        for (const wake of told.splice(0)) wake();
      },
    });
  }

  const nextOutcome = (): Promise<void> => new Promise((resolve) => told.push(resolve));

  afterEach(async () => {
    await push?.stop();
    await collector.stop();
    push = undefined;
    outcomes.length = 0;
    told = [];
  });

  it('sends every metric with its unit and attributes, and the collections as a histogram', async () => {
    push = await start(await collector.start());
    await collect('major');
    const metrics = await collector.next();
    const metric = (name: string): Metric | undefined => metrics.find((one) => one.name === name);
    assert.equal(collector.pushes.at(-1)?.service, 'node-red');
    assert.equal(metric('v8js.memory.heap.used')?.unit, 'By');
    const [point] = metric('v8js.memory.heap.used')?.sum?.dataPoints ?? [];
    assert.deepEqual(point?.attributes.map(({ key }) => key).sort(), ['site', 'v8js.heap.space.name']);
    assert.equal(metric('nodejs.eventloop.time')?.sum?.isMonotonic, true);
    assert(metric('headroom.nearest')?.gauge);
    const counts = metric('v8js.gc.duration')?.histogram?.dataPoints ?? [];
    assert(
      counts.some(
        ({ attributes, count }) =>
          count >= 1 && attributes.some(({ value }) => value.stringValue === 'major'),
      ),
    );
  });

  it('tells when the collector is away, and goes on when it is back', async () => {
    const port = await collector.start();
    await collector.stop();
    push = await start(port);
    await nextOutcome();
    assert(outcomes[0] instanceof Error);
    await collector.start(port);
    while (outcomes.at(-1) !== null) await nextOutcome();
    assert(collector.pushes.length > 0);
  });

  it('stops in time when the collector takes connections and never answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    push = await start((silent.address() as AddressInfo).port);
    await push.stop();
    silent.closeAllConnections();
    silent.close();
  });
});
