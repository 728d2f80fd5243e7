import type { NodeName } from '../ledger';
import {
  DetectorSet,
  type DetectorSetOptions,
  type DetectorSetState,
  type TrendState,
  type Verdict,
} from '../trend';
import type { ClosedBy, GateCounts } from './gate';
import { Gates, type GatesOptions, type GatesState } from './gates';

/** What is known about one key: the evidence, the gate, and where its messages went. */
export interface WatchReport extends Omit<Verdict, 'time'>, GateCounts {
  key: string;
  /** ms since the epoch; of the last reading, or now where there is none yet. */
  time: number;
  gate: 'open' | 'closed';
  /** Why the gate is closed; null while it is open. */
  closedBy: ClosedBy | null;
  /** Flow nodes that may be the cause, most likely first; empty until some are named, if that was asked for. */
  suspects: NodeName[];
}

/** `status` only asks; `open` and `close` hold until `auto`; `reset` forgets what was learnt about the key. */
export const WATCH_CONTROLS = ['status', 'open', 'close', 'auto', 'reset'] as const;
export type WatchControl = (typeof WATCH_CONTROLS)[number];

export interface LeakWatchOptions<T> {
  detect: Omit<DetectorSetOptions, 'onEvict'>;
  gate: Omit<GatesOptions<T>, 'maxKeys'>;
  /** Told once per change of a key's state or gate. */
  onChange(report: WatchReport): void;
  /** Who may be the cause of a key's growth. */
  suspects?(key: string): readonly NodeName[];
  /** Told of a key given up because there were more than `detect.maxKeys`. */
  onForget(key: string, last: Verdict): void;
}

/** All that a later watch needs to go on; `detectors` alone goes through JSON. */
export interface LeakWatchState<T> {
  detectors: DetectorSetState;
  gates: GatesState<T>;
}

/**
 * Leak detectors and gates by key: readings go in, messages go through, and whoever listens hears of each change
 * once. The gate of a key closes when its series is leaking, and never on a mere suspicion.
 */
export class LeakWatch<T> {
  readonly gates: Gates<T>;
  #detectors: DetectorSet;
  readonly #leaking = new Set<string>();
  readonly #options: LeakWatchOptions<T>;
  readonly #detect: DetectorSetOptions;

  constructor(options: LeakWatchOptions<T>) {
    this.#options = options;
    this.#detect = { ...options.detect, onEvict: (key, last) => this.#forget(key, last) };
    const { maxKeys } = options.detect;
    this.gates = new Gates(maxKeys === undefined ? options.gate : { ...options.gate, maxKeys });
    this.#detectors = new DetectorSet(this.#detect);
  }

  /** Takes one reading of a key's series. */
  read(key: string, timeMs: number, bytes: number, limitBytes: number): void {
    const verdict = this.#detectors.update(key, timeMs, bytes, limitBytes);
    if (!verdict) return;
    this.#judge(key, verdict.state);
    this.#options.onChange(this.report(key));
  }

  /** Takes the headroom of this process, percent of its limit, null when unknown; true when it is low. */
  setHeadroom(percent: number | null): boolean {
    for (const key of this.gates.setHeadroom(percent)) this.#options.onChange(this.report(key));
    return this.gates.headroomLow;
  }

  /** Does as a person or a flow says, and returns what holds afterwards. */
  control(key: string, command: WatchControl): WatchReport {
    if (command === 'reset') {
      this.#detectors.delete(key);
      this.#judge(key, 'learning');
      this.gates.setMode(key, 'auto');
    } else if (command !== 'status') {
      this.gates.setMode(key, command);
    }
    return this.report(key);
  }

  report(key: string): WatchReport {
    const verdict = this.#detectors.get(key)?.verdict() ?? NOTHING_YET;
    const closedBy = this.gates.closedBy(key);
    return {
      key,
      ...verdict,
      time: verdict.time ?? Date.now(),
      reason: closedBy === 'headroom' ? `${verdict.reason} ${LOW_HEADROOM}` : verdict.reason,
      gate: closedBy === null ? 'open' : 'closed',
      closedBy,
      suspects: [...(this.#options.suspects?.(key) ?? [])],
      ...this.gates.counts(key),
    };
  }

  /** Keys whose series is watched. */
  get size(): number {
    return this.#detectors.size;
  }

  /** Keys whose series leak at present, in the order they were found. */
  leaking(): string[] {
    return [...this.#leaking];
  }

  /** All keys whose series is watched, least recently seen first. */
  keys(): string[] {
    return [...this.#detectors.keys()];
  }

  /** What was learnt, as it goes through JSON. */
  learnt(): DetectorSetState {
    return this.#detectors.toJSON();
  }

  /** Stops, and gives everything a successor needs. */
  stop(): LeakWatchState<T> {
    return { detectors: this.learnt(), gates: this.gates.stop() };
  }

  /** Goes on where an earlier watch stopped, before the first reading and message. */
  restore({ detectors, gates }: { detectors: unknown; gates?: GatesState<T> }): void {
    this.#detectors = DetectorSet.fromJSON(detectors, this.#detect);
    if (gates) this.gates.restore(gates);
    for (const key of this.#detectors.keys()) {
      const state = this.#detectors.get(key)?.state;
      if (state) this.#judge(key, state);
    }
  }

  #forget(key: string, last: Verdict): void {
    this.gates.forget(key);
    this.#leaking.delete(key);
    this.#options.onForget(key, last);
  }

  #judge(key: string, state: TrendState): void {
    const leaking = state === 'leaking';
    if (leaking) this.#leaking.add(key);
    else this.#leaking.delete(key);
    this.gates.setLeaking(key, leaking);
  }
}

const LOW_HEADROOM = 'The gate is closed because little headroom is left in this process.';

const NOTHING_YET: Verdict = {
  time: null,
  state: 'learning',
  bytesPerHour: null,
  low: null,
  high: null,
  leakedBytes: 0,
  limitBytes: null,
  secondsToLimit: null,
  samples: 0,
  since: null,
  reason: 'No reading has arrived yet.',
};
