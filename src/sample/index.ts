/** Where memory stands, and how many bytes are left. */
export { changeFilter } from './change';
export {
  type ContainerMemory,
  containerReader,
  killsIn,
  type OwnCgroup,
  ownCgroup,
} from './container';
export { type KernelFiles, kernelFiles } from './files';
export { type Headroom, headroomOf, type Limit } from './headroom';
export { type OtherSamplerOptions, otherSampler, type ProcessSample, type Target } from './other';
export { SAMPLE_PARTS, type Sample, type SamplePart, type Sampler } from './sample';
export { type SelfSamplerOptions, selfSampler } from './self';
