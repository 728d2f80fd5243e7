import type { NodeAPI } from 'node-red';
import type { FlowNode, FlowWorld, Hooks } from '../../src';

interface Flow {
  getActiveNodes?(): Record<string, FlowNode>;
  subflowInstanceNodes?: Record<string, Flow | true>;
}

/** The running Node-RED as a profile sees it; null in tests without a runtime. */
export function flowWorld(RED: NodeAPI): FlowWorld | null {
  const hooks = RED.hooks as unknown as Hooks | undefined;
  if (!hooks) return null;
  return {
    hooks,
    nodes: () => runningNodes(RED),
    stores: () => Object.keys((RED.settings as { contextStorage?: object }).contextStorage ?? { default: 0 }),
  };
}

/** Node-RED lists what is configured; what runs inside subflow instances is reached through their flows. */
function* runningNodes(RED: NodeAPI): Generator<FlowNode> {
  const flows = new Set<Flow>();
  RED.nodes.eachNode(({ id }) => {
    const flow = (RED.nodes.getNode(id) as unknown as { _flow?: Flow } | null)?._flow;
    if (flow) flows.add(flow);
  });
  // A Set visits what is added meanwhile.
  for (const flow of flows) {
    yield* Object.values(flow.getActiveNodes?.() ?? {});
    for (const inner of Object.values(flow.subflowInstanceNodes ?? {})) if (inner !== true) flows.add(inner);
  }
}
