import { ByteBudget, type DropFrom } from './byte-queue';
import { type ClosedBy, Gate, type GateCounts, type GateMode, type WhenClosed } from './gate';
import { Hysteresis } from './hysteresis';
import { Pacer } from './pacer';

export interface GatesOptions<T> {
  /** Default `pass`: gates are always open. */
  whenClosed?: WhenClosed;
  /** Bytes that may wait, over all keys. Default 16 MiB. */
  queueMaxBytes?: number;
  /** Default `oldest`: the newest readings are worth most. */
  dropFrom?: DropFrom;
  /** Messages a second let out of the queues when gates open, beside one for each that comes in. Default 50. */
  releasePerSecond?: number;
  /** All gates close below this headroom (percent) … Default 0: never. Below half of it queues grow no more. */
  closeBelowPercent?: number;
  /** … and open above this. */
  openAbovePercent?: number;
  /** Keys kept; the one that had no message for longest goes first. Default 1000. */
  maxKeys?: number;
  /** Bytes of a message that is to wait. */
  weigh(item: T): number;
  pass(item: T): void;
  divert(item: T): void;
  /** Told of each message given up, after it was counted. */
  drop(item: T): void;
}

/** What a later set of gates needs to go on where an earlier one stopped. */
export interface GatesState<T> {
  gates: { key: string; mode: GateMode; passed: number; diverted: number; dropped: number; waiting: T[] }[];
  headroomLow: boolean;
  forgotten: GateCounts;
}

const NOTHING: Readonly<GateCounts> = { passed: 0, diverted: 0, dropped: 0, queued: 0, queuedBytes: 0 };

/**
 * One gate per key under one bound in bytes, closed by a leaking series of that key or by low headroom of the whole
 * process. Nothing is read from the messages.
 */
export class Gates<T> {
  /** A Map keeps insertion order and each message puts its key last: the first is the least recently seen. */
  readonly #gates = new Map<string, Gate<T>>();
  /** What went through the gates of keys that were forgotten. */
  #forgotten: GateCounts = { ...NOTHING };
  readonly #headroom: Hysteresis;
  readonly #pacer: Pacer;
  readonly #make: () => Gate<T>;
  /** Stands for every key not met yet. */
  readonly #unseen: Gate<T>;
  readonly #maxKeys: number;
  readonly #budget: ByteBudget;
  /** Queues are for the moment after; below this headroom they must not use up what is left for now. */
  readonly #freezeBelowPercent: number;

  constructor(options: GatesOptions<T>) {
    const { whenClosed = 'pass', dropFrom = 'oldest', queueMaxBytes = 16 * 1024 * 1024 } = options;
    const budget = new ByteBudget(queueMaxBytes);
    const { weigh } = options;
    this.#budget = budget;
    this.#make = () => new Gate({ whenClosed, dropFrom, budget, weigh, outlets: options });
    const { closeBelowPercent = 0, openAbovePercent = 0, maxKeys = 1000 } = options;
    this.#headroom = new Hysteresis(closeBelowPercent, openAbovePercent);
    this.#freezeBelowPercent = closeBelowPercent / 2;
    this.#maxKeys = maxKeys;
    this.#unseen = this.#make();
    this.#pacer = new Pacer(options.releasePerSecond ?? 50, () => this.releaseOne());
  }

  get headroomLow(): boolean {
    return this.#headroom.low;
  }

  /** Sends a message through the gate of its key. */
  offer(key: string, item: T): void {
    this.#touch(key).offer(item, this.#headroom.low);
  }

  /** Takes the verdict on a key's series; true when its gate opened or closed by it. */
  setLeaking(key: string, leaking: boolean): boolean {
    return this.#change(key, (gate) => {
      gate.leaking = leaking;
    });
  }

  /** Opens or closes by hand, or gives the gate back to its causes; true when it opened or closed by it. */
  setMode(key: string, mode: GateMode): boolean {
    return this.#change(key, (gate) => {
      gate.mode = mode;
    });
  }

  /** Takes the headroom of the process in percent, null when unknown; the keys whose gate opened or closed by it. */
  setHeadroom(percent: number | null): string[] {
    if (percent !== null) this.#budget.freeze(percent < this.#freezeBelowPercent);
    const before = new Map<string, boolean>();
    for (const [key, gate] of this.#gates) before.set(key, gate.closedBy(this.#headroom.low) !== null);
    if (!this.#headroom.update(percent)) return [];
    this.#resume();
    return [...before].filter(([key, closed]) => this.isClosed(key) !== closed).map(([key]) => key);
  }

  isClosed(key: string): boolean {
    return this.closedBy(key) !== null;
  }

  /** Why a key's gate is closed; null while it is open. */
  closedBy(key: string): ClosedBy | null {
    return (this.#gates.get(key) ?? this.#unseen).closedBy(this.#headroom.low);
  }

  /** What went where for one key since the start; nothing for a key not known. */
  counts(key: string): GateCounts {
    return this.#gates.get(key)?.counts ?? { ...NOTHING };
  }

  /** What went where since the start, over all keys there are and were. */
  totals(): GateCounts {
    const total = { ...this.#forgotten };
    for (const gate of this.#gates.values()) addTo(total, gate.counts);
    return total;
  }

  /** Lets one waiting message out of an open gate; false when there is none. */
  releaseOne(): boolean {
    for (const [key, gate] of this.#gates) {
      if (gate.waiting === 0 || gate.closedBy(this.#headroom.low) !== null) continue;
      // To the end of the line, so that each open key gets its turn.
      return this.#touch(key).release();
    }
    return false;
  }

  /** Gives up a key; what waits in its gate is dropped and counted. */
  forget(key: string): void {
    const gate = this.#gates.get(key);
    if (!gate) return;
    gate.dropWaiting();
    addTo(this.#forgotten, gate.counts);
    this.#gates.delete(key);
  }

  /** Stops, and gives back what waits and was counted, for `restore`. */
  stop(): GatesState<T> {
    this.#pacer.stop();
    const gates = [...this.#gates].map(([key, gate]) => {
      const { mode, passed, diverted, dropped } = gate;
      return { key, mode, passed, diverted, dropped, waiting: gate.takeWaiting() };
    });
    this.#gates.clear();
    return { gates, headroomLow: this.#headroom.low, forgotten: this.#forgotten };
  }

  /** Goes on where an earlier set stopped, under this one's options; what no longer fits is dropped and counted. */
  restore({ gates, headroomLow, forgotten }: GatesState<T>): void {
    addTo(this.#forgotten, forgotten);
    this.#headroom.low = headroomLow && this.#freezeBelowPercent > 0;
    for (const { key, waiting, ...counts } of gates) Object.assign(this.#touch(key), counts).refill(waiting);
    this.#resume();
  }

  /** The gate of a key, made at its first message, as the one seen last. */
  #touch(key: string): Gate<T> {
    const gate = this.#gates.get(key) ?? this.#make();
    if (!this.#gates.delete(key) && this.#gates.size >= this.#maxKeys) this.#forgetOldest();
    this.#gates.set(key, gate);
    return gate;
  }

  #forgetOldest(): void {
    for (const key of this.#gates.keys()) {
      this.forget(key);
      return;
    }
  }

  #change(key: string, apply: (gate: Gate<T>) => void): boolean {
    const before = this.isClosed(key);
    apply(this.#touch(key));
    this.#resume();
    return this.isClosed(key) !== before;
  }

  #resume(): void {
    for (const gate of this.#gates.values()) {
      if (gate.waiting > 0 && gate.closedBy(this.#headroom.low) === null) {
        this.#pacer.start();
        return;
      }
    }
  }
}

function addTo(total: GateCounts, counts: GateCounts): void {
  total.passed += counts.passed;
  total.diverted += counts.diverted;
  total.dropped += counts.dropped;
  total.queued += counts.queued;
  total.queuedBytes += counts.queuedBytes;
}
