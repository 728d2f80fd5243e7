import type { EventEmitter } from 'node:events';
import type { FlowsView } from '../census';
import type { FlowNode, Hooks } from '../ledger';

/** What a profile needs of the Node-RED it runs in. */
export interface FlowWorld {
  hooks: Hooks;
  flows: FlowsView;
  /** The stores that contexts may be kept in. */
  stores: readonly string[];
  /** Emitters that belong to all: what listens there may keep memory. */
  emitters: readonly EventEmitter[];
}

interface Flow {
  getActiveNodes?(): Record<string, FlowNode>;
  subflowInstanceNodes?: Record<string, Flow | true>;
}

/** The nodes that run. Node-RED lists what is configured; what is inside subflow instances is reached by their flows. */
export function* runningNodes({ eachNode, getNode }: FlowsView): Generator<FlowNode> {
  const flows = new Set<Flow>();
  eachNode(({ id }) => {
    const flow = (getNode(id) as { _flow?: Flow } | null | undefined)?._flow;
    if (flow) flows.add(flow);
  });
  // A Set visits what is added meanwhile.
  for (const flow of flows) {
    yield* Object.values(flow.getActiveNodes?.() ?? {});
    for (const inner of Object.values(flow.subflowInstanceNodes ?? {})) if (inner !== true) flows.add(inner);
  }
}
