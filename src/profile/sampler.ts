import { Session } from 'node:inspector';

/** V8's heap profile as the inspector hands it over; written to a file it is a `.heapprofile`. */
export interface HeapProfile {
  head: ProfileNode;
  samples: readonly { size: number; nodeId: number; ordinal: number }[];
}

/** One call stack, by its deepest frame: what was allocated right there. */
export interface ProfileNode {
  id: number;
  callFrame: {
    functionName: string;
    scriptId: string;
    url: string;
    lineNumber: number;
    columnNumber: number;
  };
  selfSize: number;
  children: readonly ProfileNode[];
}

/** `live`: what is still there; `allocated`: everything that was made, garbage included. */
export const PROFILE_MODES = ['live', 'allocated'] as const;
export type ProfileMode = (typeof PROFILE_MODES)[number];

/** Another tool (a debugger, an APM agent) samples this heap already. V8 has one sampler for the whole process. */
export class SamplerTaken extends Error {
  constructor() {
    super('another tool samples the heap of this process already: stop it first, V8 has one sampler only');
    this.name = 'SamplerTaken';
  }
}

/** Another tool has stopped the sampling that was started here, or started one of its own. */
export class SamplerLost extends Error {
  constructor() {
    super('another tool has stopped the sampling of the heap: what was sampled is lost, start again');
    this.name = 'SamplerLost';
  }
}

/** This process allows no inspector session (`--permission`, a Node.js built without it). */
export class SamplerUnavailable extends Error {
  constructor(cause: unknown) {
    super('this process refuses the inspector, without which the heap cannot be sampled', { cause });
    this.name = 'SamplerUnavailable';
  }
}

/**
 * V8's sampling heap profiler, by an inspector session inside this process. A command is answered within `post`,
 * so nothing here waits. The session is closed outside of every callback: inside one it deadlocks.
 */
export class HeapSampler {
  #session: Session | null = null;
  #liveAtStart = 0;

  /**
   * Samples one allocation in about every `sampleBytes` bytes from now on. In `live` mode with a full collection, so
   * that it is known from where the live heap grows.
   * @throws SamplerTaken, SamplerUnavailable
   */
  start(mode: ProfileMode, sampleBytes: number): void {
    const session = connect();
    try {
      // Started twice, V8 ignores the second start without a word; and whoever stops first stops both.
      if (isSampling(session)) throw new SamplerTaken();
      const garbage = mode === 'allocated';
      post(session, 'HeapProfiler.startSampling', {
        samplingInterval: sampleBytes,
        includeObjectsCollectedByMajorGC: garbage,
        includeObjectsCollectedByMinorGC: garbage,
      });
      if (!garbage) post(session, 'HeapProfiler.getSamplingProfile'); // V8 collects first
      this.#liveAtStart = process.memoryUsage().heapUsed;
    } catch (error) {
      session.disconnect();
      throw error;
    }
    this.#session = session;
  }

  /**
   * The profile since the start. V8 makes a full collection first: 1 to 2 ms per MB of live heap.
   * @throws SamplerLost
   */
  read(): HeapProfile {
    return this.#ask('HeapProfiler.getSamplingProfile');
  }

  /** Bytes by which the live heap is larger than at the start. True right after a reading, which collects. */
  get grownBytes(): number {
    return Math.max(0, process.memoryUsage().heapUsed - this.#liveAtStart);
  }

  /** Ends the sampling; safe to call at any time. */
  stop(): void {
    const session = this.#session;
    this.#session = null;
    if (!session) return;
    try {
      post(session, 'HeapProfiler.stopSampling');
    } catch {
      // It was stopped by another tool: nothing is left to stop.
    }
    session.disconnect();
  }

  #ask(method: string): HeapProfile {
    const session = this.#session;
    if (!session) throw new SamplerLost();
    try {
      return (post(session, method) as { profile: HeapProfile }).profile;
    } catch (error) {
      this.stop();
      throw isNotStarted(error) ? new SamplerLost() : error;
    }
  }
}

/** @throws SamplerUnavailable */
export function connect(): Session {
  const session = new Session();
  try {
    session.connect();
  } catch (cause) {
    throw new SamplerUnavailable(cause);
  }
  return session;
}

/** One command to the inspector; it is answered before this returns. */
export function post(session: Session, method: string, params: object = {}): unknown {
  let failure: Error | null = null;
  let answer: unknown;
  session.post(method, params, (error, result) => {
    failure = error;
    answer = result;
  });
  if (failure) throw failure;
  return answer;
}

function isSampling(session: Session): boolean {
  try {
    post(session, 'HeapProfiler.getSamplingProfile');
    return true;
  } catch (error) {
    if (isNotStarted(error)) return false;
    throw error;
  }
}

function isNotStarted(error: unknown): boolean {
  return String(error).includes('not started');
}
