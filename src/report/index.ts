/** The state of everything, for whoever shows it, exports it or keeps it. */
export type * from './shape';
export { StateReader, type StateReaderOptions } from './state';
export { announceWatch, type RunningWatch, type WatchState, watchedKeys, watchStates } from './watches';
