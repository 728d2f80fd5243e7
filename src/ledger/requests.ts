import type { FlowNode } from './flow-node';
import { Delivery, type NodeHoldings } from './holdings';
import type { Message } from './hooks';

interface Response {
  once(event: 'close', listener: () => void): unknown;
  writableFinished?: boolean;
  destroyed?: boolean;
}

const watched = new WeakSet<object>();

/** Counts a request as held by its http-in node until its response is finished or closed. */
export function holdRequest(holder: NodeHoldings, msg: Message): void {
  const response = responseOf(msg);
  if (!response || watched.has(response) || response.writableFinished || response.destroyed) return;
  watched.add(response);
  holder.put(new Delivery(holder, response, Date.now(), null));
  // The listener sits on the response and goes with it; `close` follows `finish`.
  response.once('close', () => holder.take(response));
}

export function isHttpIn(node: FlowNode): boolean {
  return node.type === 'http in';
}

/** Node-RED wraps express's response: `msg.res._res`. */
function responseOf(msg: Message): Response | null {
  const wrapper = msg.res;
  if (typeof wrapper !== 'object' || wrapper === null) return null;
  const response = (wrapper as { _res?: Partial<Response> })._res;
  return typeof response?.once === 'function' ? (response as Response) : null;
}
