import { performance } from 'node:perf_hooks';
import { WaitingLine } from '../buffer/waiting-line';
import { formatBytes, parseBytes } from '../config';
import { HeldHeap } from '../gate/held-heap';
import { type Headroom, headroomOf } from '../sample/headroom';
import { selfSampler } from '../sample/self';
import { refusal } from '../storage';
import { Probe } from '../trend/probe';
import { since } from './body';
import { Bounded, type Bounds } from './bounded';
import type { Held, Resource } from './resource';

/** What a body with a budget knows of it. */
export interface BudgetInfo {
  bytes: number;
  /** As it was when the budget was granted. */
  headroom: Headroom | null;
  /** Bytes that running bodies have reserved, this one included. */
  reservedBytes: number;
  waitedMs: number;
}

/** Where memory stands, and what it could ever be: bytes by limit, null where there is none. */
export interface Room {
  headroom: Headroom | null;
  limits: Record<Headroom['nearest'], number | null>;
}

/** Reads this process's room, for as long as somebody needs to know. */
export interface RoomReader {
  read(): Room;
  /** Tells garbage from what stays, where that can be paid; resolves when it has, or has not. */
  collect(): Promise<void>;
  close(): void;
}

/** How often those who wait look again. */
const LOOK_EVERY_MS = 1_000;
const LONGEST_WAIT_FOR_IDLE_MS = 2_000;

/**
 * Bytes of headroom, reserved for the time of a body. A body gets its bytes when the headroom, less what other
 * running bodies have reserved, is enough: what they have reserved and use already counts twice, which is on the
 * safe side. Reads and watches memory only while somebody holds or waits.
 */
export class HeadroomBudget {
  readonly line = new WaitingLine<number, true>((bytes) => this.#give(bytes));
  readonly #open: () => RoomReader;
  #reader: RoomReader | null = null;
  #timer: NodeJS.Timeout | null = null;
  reservedBytes = 0;
  #holders = 0;

  constructor(open: () => RoomReader = readRoom) {
    this.#open = open;
  }

  /**
   * Reserves bytes, now or when `join`, which is handed the line, has had its turn. Rejects at once with a ConfigError
   * that tells the figures where so many bytes can never be free.
   */
  async reserve(
    bytes: number,
    join: (line: WaitingLine<number, true>) => Promise<true>,
  ): Promise<Headroom | null> {
    this.#holders += 1;
    try {
      this.#check(bytes);
      if (this.line.length > 0 || !this.#give(bytes)) {
        const turn = join(this.line);
        this.#watch();
        await turn;
      }
      return this.#use().read().headroom;
    } catch (error) {
      this.#holders -= 1;
      this.#rest();
      throw error;
    }
  }

  /** `headroom 31 MB (heap), 20 MB of it reserved` */
  describe(): string {
    const headroom = this.#reader?.read().headroom;
    const free = headroom ? `${formatBytes(headroom.bytes)} (${headroom.nearest})` : 'unknown';
    return `headroom ${free}, ${formatBytes(this.reservedBytes)} of it reserved`;
  }

  giveBack(bytes: number): void {
    this.#holders -= 1;
    this.reservedBytes -= bytes;
    this.line.serve();
    this.#rest();
  }

  #check(bytes: number): void {
    const { limits } = this.#use().read();
    const known = Object.entries(limits).flatMap(([name, limit]) =>
      limit === null ? [] : [{ name, limit }],
    );
    if (known.every(({ limit }) => bytes <= limit)) return;
    const figures = known.map(({ name, limit }) => `${name} ${formatBytes(limit)}`).join(', ');
    throw refusal('budgetBytes', bytes, `at most the smallest limit of this process: ${figures}`);
  }

  #give(bytes: number): true | null {
    const { headroom } = this.#use().read();
    if (headroom !== null && headroom.bytes - this.reservedBytes < bytes) return null;
    this.reservedBytes += bytes;
    return true;
  }

  #use(): RoomReader {
    this.#reader ??= this.#open();
    return this.#reader;
  }

  #watch(): void {
    if (this.line.length === 0) return;
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#look();
  }

  #look(): void {
    this.line.serve();
    if (this.line.length === 0) {
      this.#unwatch();
    } else if (this.#use().read().headroom?.nearest === 'heap') {
      void this.#use()
        .collect()
        .then(() => this.line.serve());
    }
  }

  #unwatch(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #rest(): void {
    if (this.line.length === 0) this.#unwatch();
    if (this.#holders > 0) return;
    this.#reader?.close();
    this.#reader = null;
  }
}

function readRoom(): RoomReader {
  const sampler = selfSampler({ observe: false });
  const heap = new HeldHeap();
  const probe = new Probe();
  return {
    read() {
      const { heapLimit, container, system } = sampler.sample();
      return {
        headroom: headroomOf({
          heap: heapLimit === null ? null : { limit: heapLimit, live: heap.bytes },
          container,
          system,
        }),
        limits: { heap: heapLimit, container: container?.limit ?? null, system: system?.total ?? null },
      };
    },
    collect: () => probe.ask(LONGEST_WAIT_FOR_IDLE_MS),
    close() {
      probe.stop();
      heap.close();
      sampler.close();
    },
  };
}

/** The one budget of the process. */
const shared = new HeadroomBudget();

/** As many bytes of headroom as each message demands. */
export function budgetResource(bounds: Bounds, budget = shared): Resource<unknown, BudgetInfo> {
  const waiters = new Bounded(bounds);
  return {
    kind: 'budget',
    async acquire(demand, signal): Promise<Held<BudgetInfo>> {
      const bytes = readBytes(demand);
      const asked = performance.now();
      const headroom = await budget.reserve(bytes, (line) =>
        waiters.join(line, bytes, signal, () => `${formatBytes(bytes)} of headroom (${budget.describe()})`),
      );
      return {
        value: { bytes, headroom, reservedBytes: budget.reservedBytes, waitedMs: since(asked) },
        release: () => budget.giveBack(bytes),
      };
    },
  };
}

function readBytes(demand: unknown): number {
  const bytes = typeof demand === 'string' ? parseBytes(demand) : demand;
  if (typeof bytes === 'number' && Number.isInteger(bytes) && bytes >= 1) return bytes;
  throw refusal('budgetBytes', demand, 'a whole number of bytes from 1, or a text such as 50 MB');
}
