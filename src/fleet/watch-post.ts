import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { type CollectionType, GcWindow } from '../gc/observe';
import { type Sampler, selfSampler } from '../sample';
import type { Scene } from './scene';

/** Who was not asked for so long is no longer watched by anybody. */
const ABANDONED_AFTER_MS = 10 * 60_000;
/** How finely delays of the event loop are measured. A finer clock wakes an idle gateway more often. */
const DELAY_RESOLUTION_MS = 50;

interface Watching {
  sampler: Sampler;
  collections: GcWindow;
  delays: ReturnType<typeof monitorEventLoopDelay>;
  abandoned: NodeJS.Timeout | null;
}

/**
 * What has to be watched between two scrapes: collections, and delays of the event loop. It begins with the first
 * look, and ends by itself when nobody looks any more, so that an endpoint that nobody scrapes costs nothing. No
 * JavaScript runs in between but a few µs per collection.
 */
export class WatchPost {
  #watching: Watching | null = null;
  #loop = performance.eventLoopUtilization();

  constructor(
    readonly onCollection: (type: CollectionType, pauseMs: number) => void,
    /** Infinity: it watches until it is closed. */
    readonly abandonedAfterMs = ABANDONED_AFTER_MS,
  ) {}

  get watching(): boolean {
    return this.#watching !== null;
  }

  /** Everything as it stands now; what concerns the time since the last look begins anew with each. */
  look<T>(show: (scene: Scene) => T): T {
    const { sampler, delays, abandoned } = this.begin();
    abandoned?.refresh();
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    const shown = show({ sample: sampler.sample(), delays, loop, utilization });
    delays.reset();
    return shown;
  }

  /** Watches from now on, if it does not yet. */
  begin(): Watching {
    if (this.#watching) return this.#watching;
    const delays = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
    delays.enable();
    const { abandonedAfterMs } = this;
    this.#watching = {
      sampler: selfSampler({ include: ['spaces', 'container', 'system', 'pressure'] }),
      collections: new GcWindow({ onCollection: this.onCollection }),
      delays,
      abandoned:
        abandonedAfterMs === Number.POSITIVE_INFINITY
          ? null
          : setTimeout(() => this.close(), abandonedAfterMs).unref(),
    };
    return this.#watching;
  }

  close(): void {
    const watching = this.#watching;
    if (!watching) return;
    this.#watching = null;
    if (watching.abandoned) clearTimeout(watching.abandoned);
    watching.delays.disable();
    watching.collections.close();
    watching.sampler.close();
  }
}
