import { formatBytes, type Pool } from '../../src';
import type { StatusLine } from './status';

/** Every status goes to every open editor, so a pool's figures are shown at most this often. */
const SHOW_MS = 1_000;

/** A pool's figures below a node: shown after it was used, and until nothing is in use any more. */
export class PoolStatus {
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly status: StatusLine) {}

  used(pool: Pool): void {
    this.#timer ??= setTimeout(() => this.#show(pool), SHOW_MS).unref();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #show(pool: Pool): void {
    this.#timer = null;
    const { inUse, inUseBytes, leaked, reuseRatio } = pool.statistics();
    const figures = `${inUse} · ${formatBytes(inUseBytes)} in use · ${Math.round(reuseRatio * 100)} % reused`;
    if (leaked > 0) this.status.show('watch', `${leaked} leaked · ${figures}`);
    else this.status.show(inUse > 0 ? 'working' : 'idle', figures);
    if (inUse > 0) this.used(pool);
  }
}
