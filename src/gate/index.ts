export type { DropFrom } from './byte-queue';
export type { ClosedBy, GateCounts, GateMode, WhenClosed } from './gate';
export { Gates, type GatesOptions, type GatesState } from './gates';
export { HeadroomFeed, type HeadroomFeedOptions } from './headroom-feed';
export {
  LeakWatch,
  type LeakWatchOptions,
  type LeakWatchState,
  WATCH_CONTROLS,
  type WatchControl,
  type WatchReport,
} from './leak-watch';
