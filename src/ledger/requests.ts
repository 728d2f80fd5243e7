import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FlowNode } from './flow-node';
import { Delivery, MOST_HELD, type NodeHoldings } from './holdings';
import type { Message } from './hooks';

interface Response {
  once(event: 'close', listener: () => void): unknown;
  writableFinished?: boolean;
  destroyed?: boolean;
}

const watched = new WeakSet<object>();

/** Counts a request as held by its http-in node until its response is finished or closed. */
export function holdRequest(holder: NodeHoldings, response: Response | null, since = Date.now()): void {
  if (!response || watched.has(response) || response.writableFinished || response.destroyed) return;
  watched.add(response);
  holder.put(new Delivery(holder, response, since, null));
  // The listener sits on the response and goes with it; `close` follows `finish`.
  response.once('close', () => holder.take(response));
}

export function isHttpIn(node: FlowNode): boolean {
  return node.type === 'http in';
}

/** Node-RED wraps express's response: `msg.res._res`. */
export function responseOf(msg: Message): Response | null {
  const wrapper = msg.res;
  if (typeof wrapper !== 'object' || wrapper === null) return null;
  const response = (wrapper as { _res?: Partial<Response> })._res;
  return typeof response?.once === 'function' ? (response as Response) : null;
}

/** What express adds to a request when a route takes it. */
interface Routed {
  route?: { stack?: readonly { handle?: unknown }[] };
}

interface Started {
  request: Routed;
  response: Response;
}

const CHANNEL = 'http.server.request.start';

/**
 * The requests that this process's web servers have not answered, since it was started. A node that is wired to
 * nothing sends without any hook of Node-RED, so this is the only place to see what an http-in node forgets.
 */
export class OpenRequests {
  readonly #open = new Map<Response, { request: Routed; since: number }>();
  #listening = false;

  start(): void {
    if (this.#listening) return;
    this.#listening = true;
    subscribe(CHANNEL, this.#onStart);
  }

  stop(): void {
    this.#listening = false;
    unsubscribe(CHANNEL, this.#onStart);
    this.#open.clear();
  }

  /** Those that an http-in node among `nodes` got, as far as Node-RED's route leads to it. */
  *of(nodes: Iterable<FlowNode>): Generator<{ node: FlowNode; response: Response; since: number }> {
    if (this.#open.size === 0) return;
    const byHandler = new Map<unknown, FlowNode>();
    for (const node of nodes)
      if (isHttpIn(node)) byHandler.set((node as { callback?: unknown }).callback, node);
    for (const [response, { request, since }] of this.#open) {
      for (const { handle } of request.route?.stack ?? []) {
        const node = handle === undefined ? undefined : byHandler.get(handle);
        if (node) yield { node, response, since };
      }
    }
  }

  readonly #onStart = (message: unknown): void => {
    const { request, response } = message as Started;
    if (this.#open.size >= MOST_HELD) return;
    this.#open.set(response, { request, since: Date.now() });
    response.once('close', () => this.#open.delete(response));
  };
}
