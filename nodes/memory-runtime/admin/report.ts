import v8 from 'node:v8';
import type { NodeAPI } from 'node-red';
import { lastRuns, type MemoryState, StateReader } from '../../../src';
import type { Instruments } from './instruments';

/** Entries of each list in a report. */
const REPORT_TOP = 100;

/** All that helps somebody elsewhere to understand this gateway's memory. Names, types and sizes; no values. */
export function reportOf(RED: NodeAPI, { view, profile, lastCensus }: Instruments): object {
  return {
    time: Date.now(),
    versions: {
      nodeRed: RED.version(),
      node: process.version,
      v8: process.versions.v8,
      platform: process.platform,
      arch: process.arch,
    },
    heap: v8.getHeapStatistics(),
    nodeTypes: nodeTypes(RED),
    state: stateNow(),
    history: view.history,
    profile: profile.figures,
    census: lastCensus,
    lastRuns: endsOfLastRuns(),
  };
}

function stateNow(): MemoryState {
  const reader = new StateReader({ top: REPORT_TOP });
  try {
    return reader.read();
  } finally {
    reader.close();
  }
}

/** What black boxes tell of the runs before; without the words of errors, which may hold values. */
function endsOfLastRuns(): object[] {
  return lastRuns().map(({ run, cause, likely, reason, startedAt, lastSeenAt, uptimeSeconds, ...rest }) => {
    const { downSeconds, restarts, safeStart, grew } = rest;
    const ended = { run, cause, likely, reason, startedAt, lastSeenAt, uptimeSeconds };
    return { ...ended, downSeconds, restarts, safeStart, grew };
  });
}

/** How many nodes of each type there are, the most first. */
function nodeTypes(RED: NodeAPI): Record<string, number> {
  const counts = new Map<string, number>();
  RED.nodes.eachNode(({ type }) => {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  });
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
