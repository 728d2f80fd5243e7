/** Shorter timers than this fire late anyway; at higher rates several steps share one. */
const SHORTEST_TICK_MS = 10;

/**
 * Calls `step` at most `perSecond` times a second until it returns false. Its timer runs only meanwhile, and keeps
 * no process alive.
 */
export class Pacer {
  #timer: NodeJS.Timeout | null = null;
  readonly #tickMs: number;
  readonly #stepsPerTick: number;

  constructor(
    perSecond: number,
    private readonly step: () => boolean,
  ) {
    this.#tickMs = Math.max(SHORTEST_TICK_MS, 1000 / perSecond);
    this.#stepsPerTick = Math.max(1, Math.round((perSecond * this.#tickMs) / 1000));
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#tickMs).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    for (let i = 0; i < this.#stepsPerTick; i += 1) {
      if (!this.step()) {
        this.stop();
        return;
      }
    }
  }
}
