import { performance } from 'node:perf_hooks';
import type { Ledger, Token } from '../ledger';
import { reasonOf } from '../storage';
import { Body, type BodyEnd, since } from './body';
import type { Held, Resource, ResourceKind } from './resource';

export interface BodyReport extends BodyEnd {
  resource: ResourceKind;
  /** How long the message waited for the resource, in ms. */
  waitedMs: number;
  /** The resource could not be given back, and why. */
  releaseError?: string;
}

export interface ScopeOptions<D> {
  resource: Resource<D>;
  ledger: Ledger;
  /** ms a body may take; 0: as long as it likes. */
  timeoutMs: number;
  /** Called when `inUse` or `waiting` have changed. */
  onChange?(): void;
}

/** The node of a scope was stopped. */
export class ScopeStopped extends Error {
  override readonly name = 'ScopeStopped';
}

/**
 * Holds a resource for the time of a body: everything that descends from one message.
 *
 *     run ──> waiting ──> in use ──> released ──> report
 *               │ error,    │ last descendant done, error,
 *               │ stop      │ timeout, stop: whichever is first
 *               v           v
 *             rejects     once
 */
export class Scope<D> {
  readonly #options: ScopeOptions<D>;
  readonly #stopping = new AbortController();
  readonly #bodies = new Set<Body>();
  readonly #runs = new Set<Promise<BodyReport>>();
  /** How often the resource was acquired and given back; they are equal when nothing is in use. */
  acquired = 0;
  released = 0;

  constructor(options: ScopeOptions<D>) {
    this.#options = options;
  }

  get inUse(): number {
    return this.acquired - this.released;
  }

  /** Messages that wait for the resource. */
  get waiting(): number {
    return this.#runs.size - this.inUse;
  }

  /**
   * Acquires the resource and calls `enter` with it; `enter` puts the token on a message and sends that. Resolves
   * once the body has ended and the resource was given back. Rejects, with nothing held, when the resource cannot be
   * had, `enter` throws, or the scope is stopped while the message waits (ScopeStopped).
   */
  run(demand: D, enter: (value: unknown, token: Token) => void): Promise<BodyReport> {
    const run = this.#run(demand, enter).finally(() => {
      this.#runs.delete(run);
      this.#options.onChange?.();
    });
    this.#runs.add(run);
    this.#options.onChange?.();
    return run;
  }

  /** Ends all bodies and all waiting, and resolves when everything was given back. */
  async stop(): Promise<void> {
    this.#stopping.abort(new ScopeStopped('the node was stopped while this message waited'));
    for (const body of this.#bodies) body.end('stopped');
    await Promise.allSettled(this.#runs);
    await this.#options.resource.close?.();
  }

  async #run(demand: D, enter: (value: unknown, token: Token) => void): Promise<BodyReport> {
    const { resource, ledger, timeoutMs } = this.#options;
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    if (!ledger.attached)
      throw new Error('this Node-RED has no message hooks, by which a scope finds its end');
    const asked = performance.now();
    const held = await resource.acquire(demand, signal);
    this.acquired += 1;
    const waitedMs = since(asked);
    let body: Body | null = null;
    try {
      signal.throwIfAborted();
      body = new Body(ledger, timeoutMs);
      this.#bodies.add(body);
      this.#options.onChange?.();
      body.start((token) => enter(held.value, token));
    } catch (error) {
      await this.#giveBack(held, body);
      throw error;
    }
    const ended = await body.ended;
    const releaseError = await this.#giveBack(held, body);
    return { resource: resource.kind, ...ended, waitedMs, ...(releaseError !== null && { releaseError }) };
  }

  /** Returns why it could not, or null. */
  async #giveBack(held: Held, body: Body | null): Promise<string | null> {
    try {
      await held.release();
      return null;
    } catch (error) {
      return reasonOf(error);
    } finally {
      if (body) this.#bodies.delete(body);
      this.released += 1;
    }
  }
}
