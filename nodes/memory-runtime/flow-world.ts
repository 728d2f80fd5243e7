import type { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';
import { type FlowWorld, type Hooks, storeNames } from '../../src';

/** The running Node-RED as a profile sees it; null in tests without a runtime. */
export function flowWorld(RED: NodeAPI): FlowWorld | null {
  const hooks = RED.hooks as unknown as Hooks | undefined;
  if (!hooks) return null;
  return {
    hooks,
    flows: RED.nodes,
    stores: storeNames(RED.settings?.contextStorage),
    emitters: [process, RED.events as EventEmitter],
  };
}
