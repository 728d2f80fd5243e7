import {
  type CensusResult,
  type ContextSize,
  formatBytes,
  type HeapFigures,
  type HeapRetainers,
  type InFlight,
} from '../../src';
import type { Level, StatusLine } from '../shared/status';

/** A message that waits longer than this is worth a look: link calls and requests time out later. */
const LONG_MS = 10_000;

/** The figures of a census below its node, in one line. */
export function showCensus(
  status: StatusLine,
  { inFlight, contexts, contextBytes, uncounted, heap, offHeapBytes }: CensusResult,
): void {
  const parts: [Level, string][] = [];
  if (inFlight) parts.push([inFlightLevel(inFlight), inFlightText(inFlight)]);
  if (contexts) parts.push([uncounted?.length ? 'watch' : 'fine', contextText(contexts, contextBytes ?? 0)]);
  if (heap) parts.push([heap.refused ? 'watch' : 'fine', heapText(heap)]);
  if (offHeapBytes !== null) parts.push(['fine', `buffers ${formatBytes(offHeapBytes)}`]);
  const level = LEVELS_BY_WEIGHT.find((each) => parts.some(([own]) => own === each)) ?? 'idle';
  status.show(level, parts.map(([, text]) => text).join(' · '));
}

/** `1000 Reading · 1 way` */
export function showRetainers(status: StatusLine, { type, count, chains }: HeapRetainers): void {
  status.show('fine', `${count} ${type} · ${chains.length} ${chains.length === 1 ? 'way' : 'ways'}`);
}

const LEVELS_BY_WEIGHT: readonly Level[] = ['act', 'watch', 'working', 'fine'];

function inFlightLevel(nodes: readonly InFlight[]): Level {
  if (nodes.every(({ messages }) => messages === 0)) return 'fine';
  return nodes.some(({ oldestMs }) => oldestMs > LONG_MS) ? 'watch' : 'working';
}

/** `12 in flight · oldest 31 s` */
function inFlightText(nodes: readonly InFlight[]): string {
  const messages = nodes.reduce((sum, node) => sum + node.messages, 0);
  const oldestMs = Math.max(0, ...nodes.map((node) => node.oldestMs));
  return messages === 0 ? '0 in flight' : `${messages} in flight · oldest ${Math.round(oldestMs / 1000)} s`;
}

/** `contexts 12 MB, +3 MB` */
function contextText(contexts: readonly ContextSize[], bytes: number): string {
  const compared = contexts.some(({ addedBytes }) => addedBytes !== null);
  const added = contexts.reduce((sum, { addedBytes }) => sum + (addedBytes ?? 0), 0);
  return `contexts ${formatBytes(bytes)}${compared ? `, ${signed(added)}` : ''}`;
}

/** `heap 31 MB, stood 1.2 s` */
function heapText({ totalBytes, blockMs, refused }: HeapFigures): string {
  return `heap ${formatBytes(totalBytes)}, ${refused ? 'no room for a snapshot' : `stood ${blockMs / 1_000} s`}`;
}

function signed(bytes: number): string {
  return bytes < 0 ? `−${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}
