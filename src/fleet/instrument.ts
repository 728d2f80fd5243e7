import type { Scene } from './scene';

/** One value of a metric, with the labels that tell it from its neighbours. */
export interface Reading {
  value: number;
  labels?: Readonly<Record<string, string>>;
}

/**
 * A metric by OpenTelemetry's rules: a dotted name without its unit, and the unit in UCUM (`By`, `s`, `1`, or `''`
 * for a plain count). One definition serves the Prometheus endpoint and the push to a collector.
 */
export interface Instrument {
  name: string;
  /** A counter only rises; an `updown` counts things that come and go; a gauge is a figure of the moment. */
  kind: 'gauge' | 'updown' | 'counter';
  unit: 'By' | 's' | '1' | 'By/h' | '';
  help: string;
  /** Prometheus's names of the labels its readings may have. */
  labels: readonly string[];
  /** The readings of this moment; none where the system does not tell. Called only when somebody asks. */
  read(scene: Scene): Iterable<Reading>;
}

const UNITS: Record<Instrument['unit'], string> = {
  By: '_bytes',
  s: '_seconds',
  '1': '_ratio',
  'By/h': '_bytes_per_hour',
  '': '',
};

/**
 * The name in Prometheus's spelling: `v8js.memory.heap.used` in By is `v8js_memory_heap_used_bytes`. Source:
 * OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility".
 */
export function prometheusName({ name, kind, unit }: Pick<Instrument, 'name' | 'kind' | 'unit'>): string {
  const spelt = name.replaceAll('.', '_');
  const suffix = UNITS[unit];
  return `${spelt.endsWith(suffix) ? spelt : spelt + suffix}${kind === 'counter' ? '_total' : ''}`;
}

/** One reading without labels, or none where the system does not tell. */
export function only(value: number | null | undefined): Reading[] {
  return value === null || value === undefined ? [] : [{ value }];
}
