/** Figures for those who look after many gateways. */
export { type Instrument, prometheusName } from './instrument';
export { INSTRUMENTS } from './instruments';
export { type OtlpOptions, OtlpPush } from './otlp';
export { PrometheusExposition, type PrometheusOptions } from './prometheus';
