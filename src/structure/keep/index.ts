export { Keeper, type KeeperOptions } from './keeper';
export { BadSnapshot, readSnapshot, type SnapshotRecord, writeSnapshot } from './snapshot-file';
