import type { LazyRun } from './lazy-run';

/** Lazy runs one after another: the next begins when the one before has ended. At most `maxWaiting` wait. */
export class RunQueue {
  #current: LazyRun | null = null;
  #waiting: LazyRun[] = [];

  constructor(readonly maxWaiting: number) {}

  get current(): LazyRun | null {
    return this.#current;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Starts a run, or lets it wait. Throws where too many wait already. */
  add(run: LazyRun): void {
    if (!this.#current) {
      this.#begin(run);
      return;
    }
    if (this.#waiting.length >= this.maxWaiting) {
      throw new Error(
        `busy: one source is running and ${this.#waiting.length} wait, expected at most ${this.maxWaiting} to wait`,
      );
    }
    this.#waiting.push(run);
  }

  /** To be called by each run that has ended. */
  ended(run: LazyRun): void {
    if (run !== this.#current) return;
    this.#current = null;
    const next = this.#waiting.shift();
    if (next) this.#begin(next);
  }

  pause(): void {
    this.#current?.pause();
  }

  resume(): void {
    this.#current?.resume();
  }

  /** Stops the run, and those that wait for it. */
  stop(): void {
    for (const run of this.#waiting.splice(0)) run.stop();
    this.#current?.stop();
  }

  /** Ends all without a word, and resolves when the source has given back what it had open. */
  async close(): Promise<void> {
    this.#waiting = [];
    await this.#current?.close();
    this.#current = null;
  }

  #begin(run: LazyRun): void {
    this.#current = run;
    run.start();
  }
}
