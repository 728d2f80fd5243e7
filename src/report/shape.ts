/**
 * The state of everything, as plain data: it goes through JSON unchanged, and a browser can import these types, for
 * this file imports nothing. Bytes are bytes, times are ms since the epoch, what is not known is null. There are
 * names, types and sizes in it, never a value of a message or a context.
 */
export interface MemoryState {
  time: number;
  sample: ProcessFigures;
  pools: PoolFigures[];
  /** One per key that a leak-watch follows, the most urgent first, cut to the number asked for. */
  watches: WatchFigures[];
  /** All keys of all watches. */
  watchedKeys: number;
  /** Who holds messages, the fullest first; null while nothing counts messages. */
  inFlight: HeldFigures[] | null;
}

/** The process and what surrounds it: a sample of `memory-sample` with its default parts. */
export interface ProcessFigures {
  pid: number;
  uptimeSeconds: number | null;
  rss: number | null;
  heapTotal: number | null;
  heapUsed: number | null;
  external: number | null;
  arrayBuffers: number | null;
  heapLimit: number | null;
  /** What survived the last major collection; null before the first. */
  liveHeap: number | null;
  /** Collections since the sample before. */
  gc: { minor: number; major: number; pauseMs: number; maxPauseMs: number } | null;
  container: { limit: number; workingSet: number; oomKills: number | null } | null;
  system: { total: number | null; available: number | null } | null;
  headroom: { bytes: number; percent: number; nearest: 'heap' | 'container' | 'system' } | null;
}

/** A node by the words its owner knows it by. */
export interface NamedNode {
  id: string;
  name: string;
  type: string;
  /** Label of the flow; inside a subflow `Flow / Subflow`. */
  flow: string;
}

export interface PoolFigures {
  id: string;
  name: string;
  leases: number;
  inUse: number;
  inUseBytes: number;
  heldBytes: number;
  peakBytes: number;
  misses: number;
  waits: number;
  leaked: number;
  reuseRatio: number;
}

/** One key of one leak-watch: the node, the evidence and the gate. */
export interface WatchFigures extends NamedNode {
  key: string;
  state: 'learning' | 'healthy' | 'suspect' | 'leaking' | 'recovered';
  gate: 'open' | 'closed';
  bytesPerHour: number | null;
  leakedBytes: number;
  limitBytes: number | null;
  secondsToLimit: number | null;
  reason: string;
  dropped: number;
  queued: number;
  queuedBytes: number;
  /** Nodes that may be the cause, heaviest first. */
  suspects: object[];
}

/** Messages that one node received and has not completed. */
export interface HeldFigures extends NamedNode {
  messages: number;
  oldestMs: number;
  /** Approximate, from a few of them. */
  bytes: number;
  /** Messages that the node dropped without a word. */
  givenUp: number;
}
