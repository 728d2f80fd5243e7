import type { RunQueue } from '../../src';
import type { StatusLine } from '../shared/status';

/** Every status goes to every open editor, so progress is shown this often at most. */
const SHOW_MS = 1_000;

/** How fast items go, and how many are in the flow: below the node while a source is running. */
export class Progress {
  #timer: NodeJS.Timeout | null = null;
  #items = 0;
  #at = 0;

  constructor(
    private readonly status: StatusLine,
    private readonly queue: RunQueue,
  ) {}

  begin(): void {
    this.#items = 0;
    this.#at = Date.now();
    this.#timer ??= setInterval(() => this.#show(), SHOW_MS).unref();
  }

  /** Says it now: a pause or its end is what somebody waits to see. */
  refresh(): void {
    if (this.#timer) this.#show();
  }

  end(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #show(): void {
    const run = this.queue.current;
    if (!run) return;
    const now = Date.now();
    const passed = run.items - this.#items;
    const rate = Math.round((passed * 1_000) / Math.max(1, now - this.#at));
    this.#items = run.items;
    this.#at = now;
    const pace = run.paused ? 'paused' : passed === 0 ? 'waiting' : `${rate} items/s`;
    const more = this.queue.waiting > 0 ? ` · ${this.queue.waiting} waiting` : '';
    this.status.show(run.paused ? 'idle' : 'working', `${pace} · ${run.inFlight} in flight${more}`);
  }
}
