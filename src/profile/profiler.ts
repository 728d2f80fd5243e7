import { holdersNow } from './holders';
import type { ProfiledNode, ProfileReport } from './report';
import { type ProfileMode, SamplerLost } from './sampler';
import { type Reading, Sampling } from './sampling';
import type { FlowWorld } from './world';

/** No profile runs longer: sampling costs some percent, and nobody is to forget it. */
export const LONGEST_PROFILE_MS = 3_600_000;

/** A profile of the other mode runs: V8 samples one way at a time. */
export class ProfilerBusy extends Error {
  constructor(mode: ProfileMode, by: string) {
    super(`a profile in mode ${mode} runs already, started by ${by}: stop it first, or use the same mode`);
    this.name = 'ProfilerBusy';
  }
}

export interface RunOptions {
  mode: ProfileMode;
  sampleBytes: number;
  /** 0: as long as may be. */
  durationMs: number;
  /** Who asks, for the words of an error. */
  by: string;
  /** The duration is over. The run goes on until this settles, so that it can be read a last time. */
  onEnd(): Promise<void>;
}

/** One user's part of the sampling. */
export interface ProfileRun {
  readonly running: boolean;
  /** Resolves when the survey at the start is done: what grows during it may be missed. */
  ready(): Promise<void>;
  /**
   * Whose the memory is now. Makes a full collection: 1 to 2 ms per MB of live heap.
   * Rejects with SamplerLost when another tool has stopped the sampling: the run is over.
   */
  read(): Promise<Reading>;
  /** Safe to call at any time. */
  stop(): void;
}

/** How old an answer of `live` may be by default. */
const FRESH_MS = 30_000;

/**
 * The profile of this process, shared by all who ask: the sampling begins with the first run and ends with the
 * last. A run that joins sees what was sampled before it, too.
 */
export class Profiler {
  #world: FlowWorld | null = null;
  #sampling: Sampling | null = null;
  readonly #runs = new Set<Run>();
  #last: Reading | null = null;

  /** Hands over the Node-RED whose nodes are to be named; null takes it away. */
  attach(world: FlowWorld | null): void {
    this.#world = world;
  }

  /** Whether the heap is sampled now. */
  get armed(): boolean {
    return this.#sampling !== null;
  }

  /** @throws ProfilerBusy, SamplerTaken, SamplerUnavailable */
  start(options: RunOptions): ProfileRun {
    const { mode, sampleBytes } = options;
    const [first] = this.#runs;
    if (first && first.options.mode !== mode) throw new ProfilerBusy(first.options.mode, first.options.by);
    this.#sampling ??= new Sampling(this.#world, mode, sampleBytes);
    const run = new Run(options, this);
    this.#runs.add(run);
    return run;
  }

  /**
   * The nodes with most bytes, from a reading at most `maxAgeMs` old; null while nothing is sampled.
   * A new reading makes a full collection. Rejects with SamplerLost.
   */
  async live(maxAgeMs = FRESH_MS): Promise<ProfileReport | null> {
    if (!this.#sampling) return null;
    if (this.#last && Date.now() - this.#last.time <= maxAgeMs) return this.#last.report;
    return (await this.read()).report;
  }

  /** The nodes that hold most, whether anything is sampled or not; none without a Node-RED. See `holdersNow`. */
  async holders(): Promise<ProfiledNode[]> {
    return this.#world ? holdersNow(this.#world) : [];
  }

  /** The newest report anybody made, whatever its age; null before the first. Costs nothing. */
  get last(): ProfileReport | null {
    return this.#last?.report ?? null;
  }

  async read(): Promise<Reading> {
    if (!this.#sampling) throw new SamplerLost();
    try {
      this.#last = await this.#sampling.read();
      return this.#last;
    } catch (error) {
      for (const run of this.#runs) run.stop();
      throw error;
    }
  }

  async ready(): Promise<void> {
    await this.#sampling?.ready();
  }

  ended(run: Run): void {
    this.#runs.delete(run);
    if (this.#runs.size > 0) return;
    this.#sampling?.stop();
    this.#sampling = null;
  }
}

class Run implements ProfileRun {
  #running = true;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly options: RunOptions,
    private readonly profiler: Profiler,
  ) {
    const { durationMs } = options;
    const ms = durationMs === 0 ? LONGEST_PROFILE_MS : Math.min(durationMs, LONGEST_PROFILE_MS);
    this.#timer = setTimeout(() => void this.#end(), ms).unref();
  }

  get running(): boolean {
    return this.#running;
  }

  ready(): Promise<void> {
    return this.profiler.ready();
  }

  async read(): Promise<Reading> {
    if (!this.#running) throw new SamplerLost();
    return this.profiler.read();
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    clearTimeout(this.#timer);
    this.profiler.ended(this);
  }

  async #end(): Promise<void> {
    // What the owner cannot do at the end is the owner's to tell.
    await this.options.onEnd().catch(() => {});
    this.stop();
  }
}

/** The one profiler of the process. */
export const profiler = new Profiler();

/** The nodes with most bytes while somebody profiles; null else. See `Profiler.live`. */
export function liveProfile(maxAgeMs?: number): Promise<ProfileReport | null> {
  return profiler.live(maxAgeMs);
}
