import { type AjaxFailure, ask, editor, type Seen } from './red';

/** Why nothing comes. */
export type Silence = 'no-permission' | 'no-answer';

export interface PollOptions {
  onLook(seen: Seen): void;
  onSilence(why: Silence): void;
}

const EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Asks the runtime once a second while somebody looks, one request at a time; each renews the lease there. Where no
 * answer comes it asks ever more rarely, and goes on by itself when Node-RED is back. A user without the permission is
 * not asked for again until the tab is shown anew.
 */
export class Poll {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #request: ReturnType<typeof ask> | null = null;
  #pauseMs = EVERY_MS;
  #after = 0;
  #run = 0;
  #on = false;

  constructor(private readonly options: PollOptions) {}

  start(): void {
    if (this.#on) return;
    this.#on = true;
    this.#pauseMs = EVERY_MS;
    if (editor.user.hasPermission('memory.read')) this.#ask();
    else this.options.onSilence('no-permission');
  }

  stop(): void {
    this.#on = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#request?.abort();
    this.#request = null;
  }

  /** Asks now: something was done whose effect should be seen. */
  hurry(): void {
    if (!this.#on || this.#request) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#ask();
  }

  #ask(): void {
    const began = Date.now();
    const request = ask('GET', `state?after=${this.#after}&run=${this.#run}`);
    this.#request = request;
    request.then(
      (answer) => {
        if (this.#request !== request) return;
        this.#take(answer as Seen);
        this.#again(Math.max(EVERY_MS / 2, EVERY_MS - (Date.now() - began)));
      },
      (failure: AjaxFailure) => {
        if (this.#request !== request) return;
        const refused = failure.status === 401 || failure.status === 403;
        this.options.onSilence(refused ? 'no-permission' : 'no-answer');
        this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
        if (refused) this.#request = null;
        else this.#again(this.#pauseMs);
      },
    );
  }

  #take(seen: Seen): void {
    this.#pauseMs = EVERY_MS;
    this.#run = seen.run;
    if (seen.whole) this.#after = 0;
    this.#after = seen.history.seconds.time.at(-1) ?? this.#after;
    this.options.onLook(seen);
  }

  #again(ms: number): void {
    this.#request = null;
    if (this.#on) this.#timer = setTimeout(() => this.#ask(), ms);
  }
}
