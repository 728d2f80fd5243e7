/**
 * Collects work for the end of the current turn of the event loop: after every promise that is ready, before the
 * next message is delivered one hop further. One `setImmediate` serves all.
 */
export class TurnEnd {
  #jobs: (() => void)[] = [];
  #spare: (() => void)[] = [];
  #waiting = false;
  readonly #run = (): void => {
    this.#waiting = false;
    const jobs = this.#jobs;
    this.#jobs = this.#spare;
    this.#spare = jobs;
    for (const job of jobs) {
      try {
        job();
      } catch (fault) {
        this.onFault(fault);
      }
    }
    jobs.length = 0;
  };

  constructor(readonly onFault: (fault: unknown) => void) {}

  add(job: () => void): void {
    this.#jobs.push(job);
    if (this.#waiting) return;
    this.#waiting = true;
    setImmediate(this.#run);
  }
}
