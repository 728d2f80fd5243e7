export { lttb } from './lttb';
export type { Moments } from './moments';
export { quantile } from './quantile';
export { Ring, type RingOptions } from './ring';
export { ringFromRecord, ringRecords } from './ring-records';
export { type KeptRing, RingSet, type RingSetOptions } from './ring-set';
export {
  chartOf,
  columnsOf,
  type Line,
  linesOf,
  type Point,
  pointsOf,
  rowsOf,
  type SampleObject,
  thinned,
} from './shapes';
export { type FieldStats, type WindowStats, windowStats } from './stats';
export type { RingView, Row } from './view';
