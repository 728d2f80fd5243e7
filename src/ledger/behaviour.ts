/**
 * What core nodes do with messages that cannot be seen from the hooks, measured with Node-RED 4.1 and 5.0
 * (docs/lifetime.md has the table). Everything else a node does, the ledger sees by itself.
 */

/** They keep messages until a set is complete: what they hold no longer flows. */
const GATHERING = new Set(['join', 'batch', 'sort']);

/** They call done first and read or send the message's bytes later. */
const USING_AFTER_DONE = new Set([
  'trigger',
  'http response',
  'tcp out',
  'tcp request',
  'udp out',
  'websocket out',
]);

/** They send what they hold one by one, though a flush completes many at once. */
const QUEUING = new Set(['delay']);

export function gathers(type: string): boolean {
  return GATHERING.has(type);
}

export function usesAfterDone(type: string): boolean {
  return USING_AFTER_DONE.has(type);
}

export function queues(type: string): boolean {
  return QUEUING.has(type);
}
