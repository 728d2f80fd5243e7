import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { LeakWatchState } from '../../src';
import { CarriedOver } from '../shared/carried-over';
import type { Outgoing } from '../shared/define-node';

/** A message on its way through a gate. */
export interface Passage {
  msg: NodeMessageInFlow;
  send: (outgoing: Outgoing) => void;
  /** It has left the gate, by whichever way. */
  left: boolean;
  /** Told when it leaves after having waited. */
  settle?: () => void;
}

type State = LeakWatchState<Passage>;

const carried = new CarriedOver<State>();

/** Keeps what a watch has learnt and holds until its successor starts. */
export function carryOver(RED: NodeAPI, node: Node, state: State): void {
  const waiting = settleWaiting(state);
  // A node that does not come back (its flow was disabled) leaves messages that nobody will ever send.
  carried.keep(RED, node.id, state, () => {
    if (waiting > 0)
      RED.log.warn(`leak-watch ${node.id} did not start again: ${waiting} waiting messages dropped`);
  });
  if (waiting > 0) node.log(`${waiting} messages wait for the next start of this node`);
}

/** The node was deleted: what waited goes, and that is said. */
export function giveUp(node: Node, state: State): void {
  const waiting = settleWaiting(state);
  if (waiting > 0) node.warn(`the node was deleted: ${waiting} waiting messages dropped`);
}

/** For the flow behind them, messages that wait in a stopped node are done. Returns how many there are. */
function settleWaiting({ gates }: State): number {
  const waiting = gates.gates.flatMap((gate) => gate.waiting);
  for (const passage of waiting) passage.settle?.();
  return waiting.length;
}

/** Takes over what a predecessor of the same id left; its waiting messages leave by this node's wires. */
export function takeOver(node: Node): State | null {
  const state = carried.take(node.id);
  for (const gate of state?.gates.gates ?? []) {
    gate.waiting = gate.waiting.map(({ msg }) => ({
      msg,
      left: false,
      send: (outgoing) => node.send(outgoing as Parameters<Node['send']>[0]),
    }));
  }
  return state;
}
