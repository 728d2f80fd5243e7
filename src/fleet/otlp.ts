import type { MeterProvider, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { COLLECTIONS } from './collections';
import { INSTRUMENTS } from './instruments';
import { WatchPost } from './watch-post';

export interface OtlpOptions {
  /** Where a collector takes OTLP over HTTP: `http://collector:4318/v1/metrics`. */
  url: string;
  intervalMs: number;
  /** Attributes of every point. */
  labels?: Readonly<Record<string, string>>;
  /** Told after each push: null when the collector took it. */
  onPushed(error: Error | null): void;
}

const PACKAGES = [
  '@opentelemetry/sdk-metrics@2',
  '@opentelemetry/resources@2',
  '@opentelemetry/exporter-metrics-otlp-http@0.223',
];
/** A collector that does not answer must not hold up a deploy. */
const STOP_WITHIN_MS = 2_000;

/**
 * Pushes all metrics to an OpenTelemetry collector, by OpenTelemetry's own packages, which are loaded only here. While
 * the collector is away nothing piles up: figures are cumulative, and the next push has the newest.
 */
export class OtlpPush {
  readonly #provider: MeterProvider;
  readonly #post: WatchPost;

  private constructor(provider: MeterProvider, post: WatchPost) {
    this.#provider = provider;
    this.#post = post;
  }

  /** @throws Error with the command that installs the packages, where they are missing. */
  static async start({ url, intervalMs, labels = {}, onPushed }: OtlpOptions): Promise<OtlpPush> {
    const { MeterProvider, PeriodicExportingMetricReader, OTLPMetricExporter, resourceFromAttributes } =
      await loadPackages();
    const exporter = told(
      new OTLPMetricExporter({ url, timeoutMillis: Math.min(intervalMs, 10_000) }),
      onPushed,
    );
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'node-red' }),
      readers: [
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: intervalMs,
          exportTimeoutMillis: Math.min(intervalMs, 10_000),
        }),
      ],
    });
    const meter = provider.getMeter('@headroom/node-red-memory');
    const { name, unit, help, label, boundaries } = COLLECTIONS;
    const durations = meter.createHistogram(name, {
      unit,
      description: help,
      advice: { explicitBucketBoundaries: [...boundaries] },
    });
    const post = new WatchPost((type, pauseMs) => {
      durations.record(pauseMs / 1000, { ...labels, [attributeName(label)]: type });
    }, Number.POSITIVE_INFINITY);
    const makers = {
      gauge: meter.createObservableGauge,
      updown: meter.createObservableUpDownCounter,
      counter: meter.createObservableCounter,
    };
    const observed = INSTRUMENTS.map((instrument) => {
      const { kind, unit, help: description } = instrument;
      return { instrument, observable: makers[kind].call(meter, instrument.name, { unit, description }) };
    });
    meter.addBatchObservableCallback(
      (result) =>
        post.look((scene) => {
          for (const { instrument, observable } of observed) {
            for (const { value, labels: own } of instrument.read(scene)) {
              result.observe(observable, value, { ...labels, ...attributesOf(own) });
            }
          }
        }),
      observed.map(({ observable }) => observable),
    );
    post.begin();
    return new OtlpPush(provider, post);
  }

  /** Pushes once more what has come since, if the collector answers soon, and stops. */
  async stop(): Promise<void> {
    await this.#provider.shutdown({ timeoutMillis: STOP_WITHIN_MS }).catch(() => {});
    this.#post.close();
  }
}

async function loadPackages() {
  try {
    const [sdk, otlp, resources] = await Promise.all([
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
    return { ...sdk, ...otlp, ...resources };
  } catch (cause) {
    throw new Error(
      `otlpUrl: OpenTelemetry's packages could not be loaded; in Node-RED's user folder: npm install ${PACKAGES.join(' ')}`,
      { cause },
    );
  }
}

/** Prometheus's spelling of an OpenTelemetry attribute, back. */
function attributeName(label: string): string {
  return /^(?:v8js|nodejs)_/.test(label) ? label.replaceAll('_', '.') : label;
}

function attributesOf(labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [attributeName(name), value]));
}

/** The exporter, telling how each push went. */
function told(exporter: PushMetricExporter, onPushed: OtlpOptions['onPushed']): PushMetricExporter {
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      onPushed(result.code === 0 ? null : (result.error ?? new Error('the collector did not take it')));
      done(result);
    });
  return exporter;
}
