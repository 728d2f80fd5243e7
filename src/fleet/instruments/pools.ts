import { type PoolStatistics, poolStatistics } from '../../buffer';
import type { Instrument } from '../instrument';

type Figure = Exclude<keyof PoolStatistics, 'name'>;

const FIGURES: readonly [name: string, kind: Instrument['kind'], unit: Instrument['unit'], Figure, string][] =
  [
    ['headroom.pool.leases', 'counter', '', 'leases', 'Buffers handed out.'],
    ['headroom.pool.returns', 'counter', '', 'returns', 'Buffers that came back.'],
    ['headroom.pool.misses', 'counter', '', 'misses', 'Leases that had to allocate.'],
    ['headroom.pool.waits', 'counter', '', 'waits', 'Leases that had to wait.'],
    ['headroom.pool.leaked', 'counter', '', 'leaked', 'Buffers that nobody returned.'],
    ['headroom.pool.in_use.buffers', 'updown', '', 'inUse', 'Buffers that are leased now.'],
    ['headroom.pool.in_use', 'updown', 'By', 'inUseBytes', 'Bytes that are leased now.'],
    ['headroom.pool.held', 'updown', 'By', 'heldBytes', 'Idle bytes kept for the next lease.'],
    ['headroom.pool.reuse', 'gauge', '1', 'reuseRatio', 'Share of leases served by a used buffer.'],
  ];

/** Every open pool of the process. */
export const pools: readonly Instrument[] = FIGURES.map(([name, kind, unit, figure, help]) => ({
  name,
  kind,
  unit,
  help,
  labels: ['pool', 'pool_id'],
  read: () =>
    poolStatistics().map((pool) => ({
      value: pool[figure],
      labels: { pool: pool.name, pool_id: pool.id },
    })),
}));
