import type { ProfileRun, Profiler } from './profiler';
import type { ProfiledNode } from './report';

/** A fast leak may kill within a minute; what leaks slowly shows later. */
const LOOK_AFTER_MS: readonly [number, number] = [15_000, 5 * 60_000];
/** So much growth since the suspicion, 64 samples, tells who it is; the fastest leaks leave no 15 s to wait. */
const ENOUGH_BYTES = 8_388_608;
const SOONEST_MS = 1_000;
const HOUR_MS = 3_600_000;
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
}

/** What is said of the series: its state, and how fast it grows. */
export interface Suspicion {
  state: string;
  /** Null while that is not known. */
  bytesPerHour: number | null;
  /** Null while that is not known. */
  secondsToLimit: number | null;
}

/**
 * Profiles while a series is suspected, and names nodes. Armed by the suspicion, for an hour at most; looked at
 * after 15 s and 5 min, sooner where it grows fast, when the suspicion becomes certain, and at the end. Disarmed when
 * it has passed.
 */
export class SuspectFinder {
  #run: ProfileRun | null = null;
  #timers: NodeJS.Timeout[] = [];
  #state = '';
  #suspects: ProfiledNode[] = [];

  constructor(private readonly options: SuspectOptions) {}

  /** Those named last, most likely first; none while nothing is suspected. */
  get suspects(): readonly ProfiledNode[] {
    return this.#suspects;
  }

  get armed(): boolean {
    return this.#run !== null;
  }

  /** Takes what is said of the series; the same state again says nothing new. */
  judge(suspicion: Suspicion): void {
    const { state } = suspicion;
    const before = this.#state;
    if (state === before) return;
    this.#state = state;
    if (!isSuspected(state)) {
      this.stop();
      this.#suspects = [];
    } else if (!isSuspected(before)) this.#arm(suspicion);
    else void this.#look();
  }

  /** Disarms; what was named stays known. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#run?.stop();
    this.#run = null;
  }

  #arm({ bytesPerHour, secondsToLimit }: Suspicion): void {
    const { profiler, by, onFailure } = this.options;
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
    const looks = looksAfterMs(bytesPerHour ?? 0);
    this.#timers = looks.map((ms) => setTimeout(() => void this.#look(), ms).unref());
    // With the limit this near there may be no look: what is held now is more than a word.
    if (secondsToLimit !== null && secondsToLimit * 1_000 < 4 * looks[0]) void this.#nameHolders();
  }

  async #look(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    try {
      const { report } = await run.read();
      if (this.#run === run) this.#name(report.nodes);
    } catch (error) {
      this.stop();
      this.options.onFailure(error);
    }
  }

  async #nameHolders(): Promise<void> {
    const run = this.#run;
    // It is a guess before the profile; that reports what goes wrong.
    const nodes = await this.options.profiler.holders().catch(() => []);
    if (this.#run === run && this.#suspects.length === 0) this.#name(nodes);
  }

  #name(nodes: readonly ProfiledNode[]): void {
    const suspects = nodes.filter(({ percent }) => percent >= LEAST_PERCENT).slice(0, MOST_SUSPECTS);
    const changed = idsOf(suspects) !== idsOf(this.#suspects);
    this.#suspects = suspects;
    if (changed) this.options.onNamed(suspects);
  }
}

function looksAfterMs(bytesPerHour: number): readonly [number, ...number[]] {
  const soonMs = Math.max(SOONEST_MS, (ENOUGH_BYTES / bytesPerHour) * HOUR_MS);
  return bytesPerHour > 0 && soonMs < LOOK_AFTER_MS[0] ? [soonMs, ...LOOK_AFTER_MS] : LOOK_AFTER_MS;
}

function isSuspected(state: string): boolean {
  return state === 'suspect' || state === 'leaking';
}

function idsOf(nodes: readonly ProfiledNode[]): string {
  return nodes.map(({ id }) => id).join();
}
