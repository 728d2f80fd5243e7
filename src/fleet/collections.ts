/**
 * The one metric that is fed as things happen: every collection with its length. Its boundaries in s are OpenTelemetry's
 * advice for `v8js.gc.duration`, and two finer ones, for most minor collections take about a millisecond.
 */
export const COLLECTIONS = {
  name: 'v8js.gc.duration',
  kind: 'gauge',
  unit: 's',
  help: 'Duration of garbage collections, by type.',
  label: 'v8js_gc_type',
  boundaries: [0.001, 0.003, 0.01, 0.1, 1, 10],
} as const;
