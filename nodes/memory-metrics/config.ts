import { choice, defineConfig, duration, type Field, flag, Invalid, text } from '../../src/config';
import { labels } from './labels';

export const ROOTS = ['admin', 'node'] as const;

export interface MetricsConfig {
  path: string;
  /** Below which of Node-RED's two HTTP roots: the editor's, or that of http-in nodes. */
  root: (typeof ROOTS)[number];
  labels: Readonly<Record<string, string>>;
  held: boolean;
  /** Where an OpenTelemetry collector takes OTLP over HTTP; empty: nothing is pushed. */
  otlpUrl: string;
  otlpIntervalMs: number;
}

const SEGMENTS = /^(?:\/[A-Za-z0-9._~-]+)+$/;

const path: Field<string> = {
  default: '/metrics',
  expected: 'a path such as /metrics',
  format: String,
  parse(raw) {
    if (raw === undefined || raw === null || raw === '') return path.default;
    return typeof raw === 'string' && raw.length <= 200 && SEGMENTS.test(raw) && !/\/\.\.?(?:\/|$)/.test(raw)
      ? raw
      : new Invalid();
  },
};

const plainText = text({ max: 500 });
const url: Field<string> = {
  ...plainText,
  expected: 'empty, or an address such as http://collector:4318/v1/metrics',
  parse(raw) {
    const given = plainText.parse(raw);
    return given instanceof Invalid || (given !== '' && !/^https?:\/\/[^\s/]+/.test(given))
      ? new Invalid()
      : given;
  },
};

export const config = defineConfig<MetricsConfig>({
  path,
  root: choice(ROOTS, 'admin'),
  labels: labels(),
  held: flag(false),
  otlpUrl: url,
  otlpIntervalMs: duration({ default: 60_000, min: 1_000, max: 86_400_000 }),
});
