import type { FlowNode } from './flow-node';

/** What is read of Node-RED's flows. */
export interface FlowsView {
  eachNode(visit: (node: { id: string }) => void): void;
  getNode(id: string): unknown;
}

/** A flow, or an instance of a subflow, as far as it is read. */
export type Flow = NonNullable<FlowNode['_flow']> & {
  readonly id?: string;
  readonly isGlobalFlow?: boolean;
  readonly context?: unknown;
  readonly parent?: Flow;
  readonly subflowInstanceNodes?: Record<string, Flow | true>;
  getActiveNodes?(): Record<string, RunningNode>;
};

export type RunningNode = FlowNode & {
  readonly _context?: unknown;
  readonly _flow?: Flow;
  readonly _alias?: string;
};

/**
 * Visits each flow, subflow instance and running node once; parents first. Node-RED lists what is configured; what
 * is inside subflow instances is reached by their flows.
 */
export function walkFlows(
  flows: FlowsView,
  onFlow: (flow: Flow) => void,
  onNode: (node: RunningNode) => void,
): void {
  const walked = new Set<Flow | RunningNode>();

  function visit(node: RunningNode): void {
    if (walked.has(node)) return;
    walked.add(node);
    onNode(node);
  }

  function walk(flow: Flow | true | undefined): void {
    if (typeof flow !== 'object' || flow === null || walked.has(flow)) return;
    walked.add(flow);
    walk(flow.parent);
    onFlow(flow);
    for (const node of Object.values(flow.getActiveNodes?.() ?? {})) visit(node);
    for (const instance of Object.values(flow.subflowInstanceNodes ?? {})) walk(instance);
  }

  flows.eachNode(({ id }) => {
    const node = flows.getNode(id) as RunningNode | null | undefined;
    if (!node) return;
    walk(node._flow);
    visit(node);
  });
}

/** The nodes that run, those inside subflow instances too. */
export function runningNodes(flows: FlowsView): RunningNode[] {
  const nodes: RunningNode[] = [];
  walkFlows(
    flows,
    () => {},
    (node) => nodes.push(node),
  );
  return nodes;
}
