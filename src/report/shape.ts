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
  /** The heaviest nodes of the newest heap profile, whoever made it; null before the first. */
  nodes: HeavyNode[] | null;
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

/** A node in the newest heap profile. */
export interface HeavyNode extends NamedNode {
  /** Bytes of V8's heap. */
  bytes: number;
  /** Bytes outside V8's heap: the data of Buffers. */
  externalBytes: number;
  /** Share of all that was profiled. */
  percent: number;
}

/** What the history keeps of each second, in this order behind the time; null where it is not known. */
export const HISTORY_FIELDS = [
  'rss',
  'heapUsed',
  'liveHeap',
  'external',
  'heapLimit',
  'rssLimit',
  'headroom',
  'minor',
  'major',
  'pauseMs',
] as const;
export type HistoryField = (typeof HISTORY_FIELDS)[number];

/** Columns of the history, oldest first: as many times as there are figures of each field. */
export interface HistoryColumns {
  time: number[];
  columns: Record<HistoryField, (number | null)[]>;
}

/** What there is of the history after a moment: every second of the last minutes, every 15th of the last hours. */
export interface HistoryPart {
  seconds: HistoryColumns;
  quarters: HistoryColumns;
  /** Times at which flows were deployed. */
  deploys: number[];
}

/** A profile that somebody asked for with a button. */
export interface ProfileFigures {
  running: boolean;
  startedAt: number;
  durationMs: number;
  /** Why it ended before its time; null when it did not. */
  error: string | null;
  /** The newest reading; null before the first. */
  reading: ProfileReading | null;
}

export interface ProfileReading {
  time: number;
  mode: 'live' | 'allocated';
  /** Since the sampling began. */
  seconds: number;
  totalBytes: number;
  /** What no node is known for. */
  unattributedBytes: number;
  nodes: GrowingNode[];
}

export interface GrowingNode extends HeavyNode {
  /** Bytes more than at the reading before; null at the first. */
  addedBytes: number | null;
}

/** What is sent to who looks on: everything as it stands, and the history since the last look. */
export interface Look {
  /** Another number: Node-RED was started anew, and so was its history. */
  run: number;
  /** The history is all there is, not what came since the last look. */
  whole: boolean;
  state: MemoryState;
  history: HistoryPart;
  profile: ProfileFigures | null;
}
