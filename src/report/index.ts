/** The state of everything, for whoever shows it, exports it or keeps it. */
export { GuidedProfile, type GuidedProfileOptions, ProfileUnderWay } from './guided-profile';
export { LiveView, type LiveViewOptions } from './live-view';
export type * from './shape';
export { StateReader, type StateReaderOptions } from './state';
export { announceWatch, type RunningWatch, type WatchState, watchedKeys, watchStates } from './watches';
