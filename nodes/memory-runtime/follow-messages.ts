import type { NodeAPI } from 'node-red';
import { type Hooks, ledger } from '../../src';

/** Gives the ledger Node-RED's hooks, and tells it after a deploy which nodes are gone. */
export function followMessages(RED: NodeAPI): void {
  // Absent in tests without a runtime: then messages cannot be followed, and nothing returns by itself.
  const hooks = RED.hooks as unknown as Hooks | undefined;
  if (!hooks) return;
  ledger.attach(hooks);
  RED.events.on('flows:stopped', () => {
    ledger.nodesStopped((node) => (RED.nodes.getNode(node.id) as unknown) === node);
  });
}
