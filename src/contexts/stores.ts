import type { Context } from './places';

/** A store of which something could not be counted, and why. */
export interface Uncounted {
  store: string;
  /** The first failure's own words. */
  reason: string;
  /** Contexts, and keys of others, that are missing for it. */
  contexts: number;
  keys: number;
}

/** A key that can be asked for as it is; others go as a path of one quoted step. */
const PLAIN_KEY = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** All waiting for one store together, as a multiple of the longest single wait. */
const MOST_WAITS = 10;

/**
 * Asks stores, one question at a time. A store that fails, or has not answered within `answerMs`, is asked nothing
 * more: its contexts may be hundreds, and each would have to be waited for.
 */
export class Stores {
  readonly #uncounted = new Map<string, Uncounted>();
  readonly #silent = new Set<string>();
  readonly #waitedMs = new Map<string, number>();

  constructor(
    private readonly answerMs: number,
    private readonly signal?: AbortSignal,
  ) {}

  async keys(context: Context, store: string): Promise<string[]> {
    if (this.#silent.has(store)) {
      this.#entry(store, '').contexts += 1;
      return [];
    }
    try {
      const { value: keys } = await this.#ask(store, (callback) => context.keys(store, callback));
      return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : [];
    } catch (error) {
      this.#entry(store, reasonOf(error)).contexts += 1;
      return [];
    }
  }

  /** Null when there is no answer. */
  async value(context: Context, store: string, key: string): Promise<{ value: unknown } | null> {
    if (this.#silent.has(store)) {
      this.#entry(store, '').keys += 1;
      return null;
    }
    try {
      const path = pathOf(key);
      return await this.#ask(store, (callback) => context.get(path, store, callback));
    } catch (error) {
      this.miss(store, reasonOf(error), 1);
      return null;
    }
  }

  miss(store: string, reason: string, keys: number): void {
    this.#entry(store, reason).keys += keys;
  }

  uncounted(): Uncounted[] {
    return [...this.#uncounted.values()];
  }

  #entry(store: string, reason: string): Uncounted {
    let entry = this.#uncounted.get(store);
    if (!entry) {
      entry = { store, reason, contexts: 0, keys: 0 };
      this.#uncounted.set(store, entry);
    }
    return entry;
  }

  /**
   * Many stores answer before the call returns; only the others cost a timer. In a box, for a value may be a promise
   * that never settles.
   */
  #ask(
    store: string,
    question: (callback: (error: unknown, answer?: unknown) => void) => void,
  ): Promise<{ value: unknown }> {
    const { answerMs, signal } = this;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let answered = false;
      const began = performance.now();
      const stop = (): void => settle(() => reject(new Error('the census was stopped')));
      const settle = (answer: () => void): void => {
        if (timer) this.#waited(store, performance.now() - began);
        clearTimeout(timer);
        timer = undefined;
        signal?.removeEventListener('abort', stop);
        answer();
      };
      try {
        question((error, answer) => {
          answered = true;
          settle(() => (error ? reject(error) : resolve({ value: answer })));
        });
      } catch (error) {
        answered = true;
        reject(error);
      }
      if (answered) return;
      signal?.addEventListener('abort', stop, { once: true });
      timer = setTimeout(() => {
        this.#silent.add(store);
        settle(() => reject(new Error(`did not answer within ${answerMs} ms`)));
      }, answerMs).unref();
    });
  }

  /** Each answer may come in time and all of them still take hours. */
  #waited(store: string, ms: number): void {
    const sum = (this.#waitedMs.get(store) ?? 0) + ms;
    this.#waitedMs.set(store, sum);
    if (sum <= MOST_WAITS * this.answerMs) return;
    this.#silent.add(store);
    this.#entry(store, `took more than ${Math.round(sum)} ms for its answers`);
  }
}

/** Node-RED reads a key as a path: `a.b` would be the property b of a. */
function pathOf(key: string): string | string[] {
  if (PLAIN_KEY.test(key)) return key;
  if (!key.includes('"')) return [`["${key}"]`];
  if (!key.includes("'")) return [`['${key}']`];
  throw new Error('a key with both kinds of quotes cannot be asked for');
}

const LONGEST_REASON = 120;

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : 'failed';
  return text.slice(0, LONGEST_REASON);
}
