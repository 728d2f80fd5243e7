/** Garbage collection: observed, triggered, tuned, governed. */
export { type Knobs, knobsAvailable } from './flags';
export { type CollectionKind, EXECUTIONS, type Execution, KINDS } from './force';
export {
  Governor,
  type GovernorOptions,
  type GovernorState,
  type LimitReader,
  type MemoryLimit,
} from './govern';
export type { Stance } from './law';
export { type CollectionType, type GcFigures, GcWindow, type GcWindowOptions } from './observe';
export { type StartLines, type StartOptions, startLines, startOptions } from './start';
export { type Collection, type CollectOptions, collect, type NotCollected } from './trigger';
export { PROFILES, type Profile, Tuner, type TunerOptions, type Tuning } from './tune';
