import { performance } from 'node:perf_hooks';
import { WaitingLine } from '../buffer/waiting-line';
import { refusal } from '../storage';
import { since } from './body';
import { Bounded, type Bounds } from './bounded';
import type { Held, Resource } from './resource';

/** What a body with a permit knows of it. */
export interface PermitInfo {
  name: string;
  /** How many may hold it at a time, as this node says. */
  count: number;
  /** How many hold it now, this body among them. */
  inUse: number;
  /** How many wait for it now. */
  waiting: number;
  waitedMs: number;
}

export interface PermitOptions extends Bounds {
  /** How many bodies may hold the permit at a time. 1: a lock. */
  count: number;
}

const LONGEST_PERMIT_NAME = 200;

/**
 * A permit that all nodes share by its name. Nodes may state different counts: each waits until fewer hold it than
 * it says itself, and nobody overtakes.
 */
class Permit {
  inUse = 0;
  readonly line = new WaitingLine<number, true>((count) => this.#give(count));

  constructor(readonly name: string) {}

  /** True when it was free, and is now taken. */
  take(count: number): boolean {
    return this.line.length === 0 && this.#give(count) !== null;
  }

  giveBack(): void {
    this.inUse -= 1;
    this.line.serve();
    if (this.idle) permits.delete(this.name);
  }

  get idle(): boolean {
    return this.inUse === 0 && this.line.length === 0;
  }

  #give(count: number): true | null {
    if (this.inUse >= count) return null;
    this.inUse += 1;
    return true;
  }
}

/** Only those that somebody holds or waits for. */
const permits = new Map<string, Permit>();

/** A permit of the name each message demands: at most `count` bodies at a time hold it, the others wait in turn. */
export function permitResource(options: PermitOptions): Resource<unknown, PermitInfo> {
  const { count } = options;
  const waiters = new Bounded(options);
  return {
    kind: 'permit',
    async acquire(demand, signal): Promise<Held<PermitInfo>> {
      const name = readName(demand);
      const asked = performance.now();
      let permit = permits.get(name);
      if (!permit) {
        permit = new Permit(name);
        permits.set(name, permit);
      }
      const { line } = permit;
      if (!permit.take(count)) {
        await waiters.join(line, count, signal, () => `permit ${JSON.stringify(name)} (${count} at a time)`);
      }
      const holder = permit;
      return {
        value: { name, count, inUse: holder.inUse, waiting: line.length, waitedMs: since(asked) },
        release: () => holder.giveBack(),
      };
    },
  };
}

function readName(demand: unknown): string {
  const name = Number.isFinite(demand) ? String(demand) : demand;
  if (typeof name === 'string' && name !== '' && name.length <= LONGEST_PERMIT_NAME) return name;
  throw refusal('permit', demand, `a name of 1 to ${LONGEST_PERMIT_NAME} characters`);
}
