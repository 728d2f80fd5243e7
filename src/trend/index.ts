export { LeakDetector, type LeakDetectorOptions } from './detector';
export { DetectorSet, type DetectorSetOptions, type DetectorSetState } from './detector-set';
export { Probe } from './probe';
export { SelfFeed, type SelfFeedOptions } from './self-feed';
export type { LeakDetectorState } from './state';
export type { Feed, Sensitivity, TrendState, Verdict } from './verdict';
