export { EVICTIONS, type Eviction } from './order';
export { OPERATIONS, type Operation } from './stores';
export { type SavedTally, Tally, type TallyEntry, type TallyOptions } from './tally';
export { entriesFromRecord, tallyRecords } from './tally-records';
