import type { NodeAPI } from 'node-red';

/** What stopped nodes left for their successors of the same id. Entries last from a stop to the next start. */
export class CarriedOver<S> {
  readonly #states = new Map<string, S>();

  /** `orphaned` is called when the flows have started and the node has not: its flow was disabled. */
  keep(RED: NodeAPI, id: string, state: S, orphaned: () => void): void {
    this.#states.set(id, state);
    RED.events.once('flows:started', () => {
      if (this.#states.get(id) !== state) return;
      this.#states.delete(id);
      orphaned();
    });
  }

  take(id: string): S | null {
    const state = this.#states.get(id) ?? null;
    this.#states.delete(id);
    return state;
  }
}
