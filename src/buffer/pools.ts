import type { PoolOptions } from '../config';
import { Pool, type PoolStatistics } from './pool';

const pools = new Map<string, Pool>();

/**
 * The pool with this id, made or told its new options: a deploy that changes a pool must not forget what is
 * leased from it. Throws a ConfigError for options that are out of range.
 */
export function openPool(id: string, name: string, options: Partial<PoolOptions> = {}): Pool {
  let pool = pools.get(id);
  if (pool) {
    pool.configure(options);
    pool.name = name;
  } else {
    pool = new Pool(name, options);
    pools.set(id, pool);
  }
  return pool;
}

/** Closes a pool. `removed` forgets it too; otherwise the same id can open it again. */
export function closePool(id: string, removed: boolean): void {
  pools.get(id)?.close();
  if (removed) pools.delete(id);
}

/** The pool with this id, if it is open. */
export function findPool(id: string): Pool | null {
  const pool = pools.get(id);
  return pool && !pool.closed ? pool : null;
}

/** The statistics of every open pool of the process. */
export function poolStatistics(): (PoolStatistics & { id: string })[] {
  const open = [...pools].filter(([, pool]) => !pool.closed);
  return open.map(([id, pool]) => ({ id, ...pool.statistics() }));
}
