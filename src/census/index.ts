/** Who holds what. */
export type { BufferHolder } from './buffers';
export {
  CENSUS_PARTS,
  Census,
  type CensusOptions,
  type CensusPart,
  type CensusResult,
  CensusStopped,
} from './census';
export {
  type ContextCensus,
  ContextCounter,
  type ContextKey,
  type ContextOptions,
  type ContextSize,
} from './contexts';
export type {
  Chain,
  ChainOwner,
  HeapFigures,
  HeapRetainers,
  HeapType,
  Refusal,
  Retainers,
  SnapshotCost,
} from './heap';
export { type InFlight, inFlight } from './in-flight';
