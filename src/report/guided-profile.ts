import type { ProfileMode, ProfileReport, ProfileRun, Profiler } from '../profile';
import type { GrowingNode, ProfileFigures, ProfileReading } from './shape';

export interface GuidedProfileOptions {
  mode: ProfileMode;
  sampleBytes: number;
  /** ms */
  durationMs: number;
}

/** Readings during a profile: one alone cannot tell what grows from what was filled once. */
const READINGS = 3;
/** Most nodes kept of a reading. */
const MOST_NODES = 50;

/**
 * A profile at the push of a button: runs for a while, is read three times, and tells of each node what it holds and
 * what it gained since the reading before. One at a time; the last reading stays until the next start.
 */
export class GuidedProfile {
  #run: ProfileRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #figures: ProfileFigures | null = null;

  constructor(private readonly profiler: Profiler) {}

  /** Null before the first start. */
  get figures(): ProfileFigures | null {
    return this.#figures;
  }

  /** @throws ProfilerBusy, SamplerTaken, SamplerUnavailable, and an Error while one of its own runs. */
  start({ mode, sampleBytes, durationMs }: GuidedProfileOptions): ProfileFigures {
    if (this.#run) throw new ProfileUnderWay();
    this.#run = this.profiler.start({
      mode,
      sampleBytes,
      durationMs,
      by: 'the memory tab',
      onEnd: () => this.stop(),
    });
    this.#figures = { running: true, startedAt: Date.now(), durationMs, error: null, reading: null };
    this.#timer = setInterval(() => void this.#read(), durationMs / READINGS).unref();
    return this.#figures;
  }

  /** Reads a last time and ends; does nothing where none runs. */
  async stop(): Promise<void> {
    this.#clearTimer();
    await this.#read();
    this.#end();
  }

  /** Ends without another reading. */
  close(): void {
    this.#clearTimer();
    this.#end();
  }

  async #read(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    try {
      const { report, time } = await run.read();
      if (this.#figures) {
        this.#figures = { ...this.#figures, reading: readingOf(report, time, this.#figures.reading) };
      }
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #clearTimer(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #end(error: string | null = null): void {
    this.#clearTimer();
    const run = this.#run;
    this.#run = null;
    run?.stop();
    if (this.#figures?.running) this.#figures = { ...this.#figures, running: false, error };
  }
}

/** Somebody else pressed the button before. */
export class ProfileUnderWay extends Error {
  constructor() {
    super('a profile runs already: wait for its end, or stop it');
    this.name = 'ProfileUnderWay';
  }
}

function readingOf(report: ProfileReport, time: number, before: ProfileReading | null): ProfileReading {
  const earlier = new Map(before?.nodes.map((node) => [node.id, node.bytes + node.externalBytes]));
  const nodes = report.nodes.slice(0, MOST_NODES).map(
    (node): GrowingNode => ({
      ...node,
      addedBytes: before ? node.bytes + node.externalBytes - (earlier.get(node.id) ?? 0) : null,
    }),
  );
  const { mode, seconds, totalBytes, unattributed } = report;
  return { time, mode, seconds, totalBytes, unattributedBytes: unattributed.bytes, nodes };
}
