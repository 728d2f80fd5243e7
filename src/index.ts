/** The engine's door: everything that nodes and other programs use. */
export * from './config';
export { type Knobs, knobsAvailable } from './gc/flags';
export { type CollectionKind, EXECUTIONS, type Execution, KINDS } from './gc/force';
export {
  Governor,
  type GovernorOptions,
  type GovernorState,
  type LimitReader,
  type MemoryLimit,
} from './gc/govern';
export type { Stance } from './gc/law';
export { type GcFigures, GcWindow, type GcWindowOptions } from './gc/observe';
export { type StartLines, type StartOptions, startLines, startOptions } from './gc/start';
export { type Collection, type CollectOptions, collect, type NotCollected } from './gc/trigger';
export { PROFILES, type Profile, Tuner, type TunerOptions, type Tuning } from './gc/tune';
export { changeFilter } from './sample/change';
export { type ContainerMemory, containerReader } from './sample/container';
export { type KernelFiles, kernelFiles } from './sample/files';
export { type Headroom, headroomOf, type Limit } from './sample/headroom';
export { type OtherSamplerOptions, otherSampler, type ProcessSample, type Target } from './sample/other';
export { SAMPLE_PARTS, type Sample, type SamplePart, type Sampler } from './sample/sample';
export { type SelfSamplerOptions, selfSampler } from './sample/self';
