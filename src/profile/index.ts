/** Whose the memory is: the heap sampled, and flow nodes named. */

export { saveProfile } from './file';
export {
  LONGEST_PROFILE_MS,
  liveProfile,
  type ProfileRun,
  Profiler,
  ProfilerBusy,
  profiler,
} from './profiler';
export type { ProfiledNode, ProfileReport } from './report';
export { PROFILE_MODES, type ProfileMode, SamplerLost, SamplerTaken, SamplerUnavailable } from './sampler';
export type { Reading } from './sampling';
export { SuspectFinder, type SuspectOptions } from './suspects';
export type { FlowWorld } from './world';
