import type { LeakWatch, WatchReport } from '../gate';
import { type FlowNode, type NodeName, nameNode } from '../ledger';

/** What is read of a running leak watch. */
export type RunningWatch = Pick<LeakWatch<never>, 'keys' | 'leaking' | 'report' | 'size'>;

/** One key of one running watch, and the node that watches it. */
export interface WatchState extends WatchReport, NodeName {}

/** The watches that run in this process, one per node; an entry goes when its node stops. */
const running = new Set<{ node: FlowNode; watch: RunningWatch }>();

/** Says that a node watches; returns what takes it back when the node stops. */
export function announceWatch(node: FlowNode, watch: RunningWatch): () => void {
  const entry = { node, watch };
  running.add(entry);
  return () => {
    running.delete(entry);
  };
}

/** A watch of devices may follow thousands of keys: of each watch no more than these are looked at. */
const MOST_KEYS = 200;

const URGENCY: Record<WatchReport['state'], number> = {
  leaking: 0,
  suspect: 1,
  recovered: 2,
  learning: 3,
  healthy: 4,
};

/** What every running watch says, what leaks first and soonest at its limit before the rest; at most `top` keys. */
export function watchStates(top: number): WatchState[] {
  const states = [...running].flatMap(({ node, watch }) => {
    const name = nameNode(node);
    const keys = new Set([...watch.leaking(), ...watch.keys()].slice(0, MOST_KEYS));
    return [...keys].map((key) => ({ ...watch.report(key), ...name }));
  });
  states.sort(
    (a, b) =>
      URGENCY[a.state] - URGENCY[b.state] ||
      (a.secondsToLimit ?? Number.POSITIVE_INFINITY) - (b.secondsToLimit ?? Number.POSITIVE_INFINITY) ||
      0,
  );
  return states.slice(0, top);
}

/** Keys that are watched in this process. */
export function watchedKeys(): number {
  let keys = 0;
  for (const { watch } of running) keys += watch.size;
  return keys;
}
