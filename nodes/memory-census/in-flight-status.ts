import type { InFlight } from '../../src';
import type { Level } from '../shared/status';

/** A message that waits longer than this is worth a look: link calls and requests time out later. */
const LONG_MS = 10_000;

export function inFlightLevel(nodes: readonly InFlight[]): Level {
  if (nodes.every(({ messages }) => messages === 0)) return 'fine';
  return nodes.some(({ oldestMs }) => oldestMs > LONG_MS) ? 'watch' : 'working';
}

/** `12 in flight · oldest 31 s` */
export function inFlightText(nodes: readonly InFlight[]): string {
  const messages = nodes.reduce((sum, node) => sum + node.messages, 0);
  const oldestMs = Math.max(0, ...nodes.map((node) => node.oldestMs));
  return messages === 0 ? '0 in flight' : `${messages} in flight · oldest ${Math.round(oldestMs / 1000)} s`;
}
