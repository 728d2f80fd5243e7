import type { ProfileRun, Profiler } from './profiler';
import type { ProfiledNode, ProfileReport } from './report';

/** A fast leak may kill within a minute; what leaks slowly shows later. */
const LOOK_AFTER_MS: readonly number[] = [15_000, 5 * 60_000];
const SAMPLE_BYTES = 131_072;
const MOST_SUSPECTS = 5;
/** Less of what was taken since the suspicion is no reason to name somebody. */
const LEAST_PERCENT = 5;

export interface SuspectOptions {
  profiler: Profiler;
  /** Who asks, for the words of an error. */
  by: string;
  /** Told when nodes were named, or others than before. */
  onNamed(suspects: readonly ProfiledNode[]): void;
  /** Told why nobody can be named: another tool samples, the process forbids it. */
  onFailure(error: unknown): void;
  /** When to look, in ms after the suspicion began. Default 15 s and 5 min; besides at every change, and at the end. */
  lookAfterMs?: readonly number[];
}

/**
 * Profiles while a series is suspected, and names nodes. Armed by the suspicion, for an hour at most; looked at
 * soon and some minutes later, when the suspicion becomes certain, and at the end. Disarmed when it has passed.
 */
export class SuspectFinder {
  #run: ProfileRun | null = null;
  #timers: NodeJS.Timeout[] = [];
  #state = '';
  #suspects: ProfiledNode[] = [];
  readonly #options: Required<SuspectOptions>;

  constructor(options: SuspectOptions) {
    this.#options = { lookAfterMs: LOOK_AFTER_MS, ...options };
  }

  /** Those named last, most likely first; none while nothing is suspected. */
  get suspects(): readonly ProfiledNode[] {
    return this.#suspects;
  }

  get armed(): boolean {
    return this.#run !== null;
  }

  /** Takes the state of the series; the same one again says nothing new. */
  judge(state: string): void {
    const before = this.#state;
    if (state === before) return;
    this.#state = state;
    if (!isSuspected(state)) {
      this.stop();
      this.#suspects = [];
    } else if (!isSuspected(before)) this.#arm();
    else void this.#look();
  }

  /** Disarms; what was named stays known. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#run?.stop();
    this.#run = null;
  }

  #arm(): void {
    const { profiler, by, lookAfterMs, onFailure } = this.#options;
    try {
      this.#run = profiler.start({
        mode: 'live',
        sampleBytes: SAMPLE_BYTES,
        durationMs: 0,
        by,
        onEnd: async () => {
          await this.#look();
          this.stop();
        },
      });
    } catch (error) {
      onFailure(error);
      return;
    }
    this.#timers = lookAfterMs.map((ms) => setTimeout(() => void this.#look(), ms).unref());
  }

  async #look(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    try {
      const { report } = await run.read();
      if (this.#run === run) this.#name(report);
    } catch (error) {
      this.stop();
      this.#options.onFailure(error);
    }
  }

  #name({ nodes }: ProfileReport): void {
    const suspects = nodes.filter(({ percent }) => percent >= LEAST_PERCENT).slice(0, MOST_SUSPECTS);
    const changed = idsOf(suspects) !== idsOf(this.#suspects);
    this.#suspects = suspects;
    if (changed) this.#options.onNamed(suspects);
  }
}

function isSuspected(state: string): boolean {
  return state === 'suspect' || state === 'leaking';
}

function idsOf(nodes: readonly ProfiledNode[]): string {
  return nodes.map(({ id }) => id).join();
}
