/** The black box: what outlives a crash, and tells of it. */
export { BlackBox, type BlackBoxOptions, type Heaviest } from './black-box';
export type { BoxSample } from './box-sample';
export type { Cause } from './cause';
export type { Growth } from './growth';
export { heaviestHere } from './heaviest';
export type { Loop, LoopRule, Restarts } from './history';
export type { LastRun } from './last-run';
export { lastRuns } from './reports';
