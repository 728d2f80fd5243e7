/** The engine's door: everything that nodes and other programs use. */
export * from './config';
export { type GcFigures, GcWindow } from './gc/observe';
export { changeFilter } from './sample/change';
export { type ContainerMemory, containerReader } from './sample/container';
export { type KernelFiles, kernelFiles } from './sample/files';
export { type Headroom, headroomOf, type Limit } from './sample/headroom';
export { type OtherSamplerOptions, otherSampler, type ProcessSample, type Target } from './sample/other';
export { SAMPLE_PARTS, type Sample, type SamplePart, type Sampler } from './sample/sample';
export { type SelfSamplerOptions, selfSampler } from './sample/self';
