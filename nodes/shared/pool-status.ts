import { formatBytes, type Pool } from '../../src';
import { PacedStatus } from './paced-status';
import type { StatusLine } from './status';

/** A pool's figures below a node: shown after it was used, and until nothing is in use any more. */
export class PoolStatus {
  readonly #paced = new PacedStatus(() => this.#show());
  #pool: Pool | null = null;

  constructor(private readonly status: StatusLine) {}

  used(pool: Pool): void {
    this.#pool = pool;
    this.#paced.changed();
  }

  stop(): void {
    this.#paced.stop();
  }

  #show(): boolean {
    if (!this.#pool) return false;
    const { inUse, inUseBytes, leaked, reuseRatio } = this.#pool.statistics();
    const figures = `${inUse} · ${formatBytes(inUseBytes)} in use · ${Math.round(reuseRatio * 100)} % reused`;
    if (leaked > 0) this.status.show('watch', `${leaked} leaked · ${figures}`);
    else this.status.show(inUse > 0 ? 'working' : 'idle', figures);
    return inUse > 0;
  }
}
