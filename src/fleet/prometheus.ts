import type { Histogram, Metric, Registry } from 'prom-client';
import { ledger } from '../ledger';
import { COLLECTIONS } from './collections';
import { type Instrument, prometheusName } from './instrument';
import { INSTRUMENTS } from './instruments';
import type { Scene } from './scene';
import { WatchPost } from './watch-post';

export interface PrometheusOptions {
  /** Put on every series: `{ site: 'plant 1' }`. */
  labels?: Readonly<Record<string, string>>;
  /** Count the messages that nodes hold, which costs some percent of CPU in flows of small nodes. Default false. */
  held?: boolean;
}

/**
 * All metrics in Prometheus's text format, in a registry of their own: another user of prom-client in the process is
 * not disturbed. prom-client is loaded with the first scrape.
 */
export class PrometheusExposition {
  readonly #options: PrometheusOptions;
  readonly #post = new WatchPost((type, pauseMs) =>
    this.#durations?.observe({ [COLLECTIONS.label]: type }, pauseMs / 1000),
  );
  readonly #uncount: (() => void) | null;
  #registry: Promise<Registry> | null = null;
  #durations: Histogram | null = null;
  #scene: Scene | null = null;
  #closed = false;

  constructor(options: PrometheusOptions = {}) {
    this.#options = options;
    this.#uncount = options.held ? ledger.watch() : null;
  }

  /** Whether collections and delays are watched: from the first scrape until nobody scrapes any more. */
  get watching(): boolean {
    return this.#post.watching;
  }

  /** The answer to a scrape. Rejects once it is closed. */
  async scrape(): Promise<{ text: string; contentType: string }> {
    this.#registry ??= this.#register();
    const registry = await this.#registry;
    if (this.#closed) throw new Error('memory-metrics: this endpoint is closed');
    // All metrics read in the same turn, in which the scene stands; their text is put together afterwards.
    const text = this.#post.look((scene) => {
      this.#scene = scene;
      return registry.metrics();
    });
    return { text: await text, contentType: registry.contentType };
  }

  close(): void {
    this.#closed = true;
    this.#post.close();
    this.#uncount?.();
    this.#registry = null;
    this.#durations = null;
  }

  async #register(): Promise<Registry> {
    const prom = await import('prom-client');
    const registry = new prom.Registry();
    registry.setDefaultLabels({ ...this.#options.labels });
    for (const instrument of INSTRUMENTS) registry.registerMetric(this.#metricOf(instrument));
    this.#durations = new prom.Histogram({
      name: prometheusName(COLLECTIONS),
      help: COLLECTIONS.help,
      labelNames: [COLLECTIONS.label],
      buckets: [...COLLECTIONS.boundaries],
      registers: [registry],
    });
    return registry;
  }

  /** prom-client's own counters can only be added to; ours are read where they are counted. */
  #metricOf(instrument: Instrument): Metric {
    const name = prometheusName(instrument);
    const described = {
      name,
      help: instrument.help,
      type: instrument.kind === 'counter' ? 'counter' : 'gauge',
      aggregator: 'sum',
    };
    const get = async (): Promise<object> => ({
      ...described,
      values: this.#scene ? [...instrument.read(this.#scene)] : [],
    });
    return { ...described, get } as unknown as Metric;
  }
}
