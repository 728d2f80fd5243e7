export { lttb } from './lttb';
export type { Moments } from './moments';
export { quantile } from './quantile';
export { Ring, type RingOptions } from './ring';
export { ringFromRecord, ringRecords } from './ring-records';
export { RingSet, type RingSetOptions } from './ring-set';
export type { RingView, Row } from './view';
