import v8 from 'node:v8';
import type { FlowNode } from '../ledger';
import { add } from './attribute';

/** One message in so many is measured, and stands for the others: two readings of V8's counter cost 1 µs. */
const ONE_IN = 16;
/** Below this size Node.js's own pool is faster. */
const LEAST_POOLED = 4_096;

/** How many bytes outside the heap each node takes while it works on a message: for those V8 has no samples. */
export class Churn {
  readonly bytes = new Map<string, number>();
  readonly #times = new Map<string, number>();
  #messages = 0;

  measure(node: FlowNode, work: () => void): void {
    this.#messages += 1;
    if (this.#messages % ONE_IN !== 0) {
      work();
      return;
    }
    const before = external();
    work();
    const taken = external() - before;
    // A collection in between has given more back than was taken.
    if (taken <= 0) return;
    add(this.bytes, node.id, taken * ONE_IN);
    add(this.#times, node.id, ONE_IN);
  }

  /** Takes Buffers again and again that are worth to be pooled. */
  isPoolCandidate(id: string): boolean {
    const times = this.#times.get(id) ?? 0;
    return times >= 2 * ONE_IN && (this.bytes.get(id) ?? 0) / times >= LEAST_POOLED;
  }
}

function external(): number {
  return v8.getHeapStatistics().external_memory;
}
