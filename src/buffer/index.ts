/** Pooled message buffers. */
export { leaseToFlow, returnFromFlow } from './flow-lease';
export { Lease, LeaseError, leaseOf } from './lease';
export { describeLeak, type LeakReport, Pool, PoolExhausted, type PoolStatistics } from './pool';
export { closePool, findPool, openPool, poolStatistics } from './pools';
