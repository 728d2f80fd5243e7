import { type FlowNode, nameFlow, nameNode } from '../ledger';

/** The part of a Node-RED context that a census reads. Any callback may be called at once, late, or never. */
export interface Context {
  keys(store: string, callback: (error: unknown, keys?: unknown) => void): void;
  get(key: string | string[], store: string, callback: (error: unknown, value?: unknown) => void): void;
}

/** What a census reads of Node-RED's flows. All of it exists already: nothing here makes a context. */
export interface FlowsView {
  eachNode(visit: (node: { id: string }) => void): void;
  getNode(id: string): unknown;
}

/** One context and whose it is. */
export interface Place {
  scope: 'global' | 'flow' | 'node';
  id: string;
  name: string;
  context: Context;
}

/** A flow, or an instance of a subflow, as far as it is read. */
type Flow = NonNullable<FlowNode['_flow']> & {
  readonly id?: string;
  readonly isGlobalFlow?: boolean;
  readonly context?: unknown;
  readonly parent?: Flow;
  readonly subflowInstanceNodes?: Record<string, Flow | true>;
  getActiveNodes?(): Record<string, RunningNode>;
};
type RunningNode = FlowNode & { readonly _context?: unknown; readonly _flow?: Flow };

/**
 * Every context that exists, each once: global, those of flows and of subflow instances, and those of nodes that
 * have asked for theirs. A node's `context()` is never called, for it would make one.
 */
export function contextPlaces(flows: FlowsView): Place[] {
  const found = new Map<Context, Place>();
  const walked = new Set<Flow>();

  function add(scope: Place['scope'], id: string, name: string, context: unknown): void {
    if (isContext(context) && !found.has(context)) found.set(context, { scope, id, name, context });
  }

  function addNode(node: RunningNode): void {
    add('node', node.id, nameNode(node).name || node.type, node._context);
  }

  function walk(flow: Flow | true | undefined): void {
    if (typeof flow !== 'object' || flow === null || walked.has(flow)) return;
    walked.add(flow);
    // First: the global context is also the one of the flow that holds the config nodes.
    walk(flow.parent);
    if (flow.isGlobalFlow) add('global', 'global', 'global', flow.context);
    else add('flow', flow.id ?? '', nameFlow({ _flow: flow, z: flow.id }), flow.context);
    for (const node of Object.values(flow.getActiveNodes?.() ?? {})) addNode(node);
    for (const instance of Object.values(flow.subflowInstanceNodes ?? {})) walk(instance);
  }

  flows.eachNode(({ id }) => {
    const node = flows.getNode(id) as RunningNode | null | undefined;
    if (!node) return;
    walk(node._flow);
    addNode(node);
  });
  return [...found.values()];
}

function isContext(value: unknown): value is Context {
  const { get, keys } = Object(value) as Partial<Context>;
  return typeof get === 'function' && typeof keys === 'function';
}

/** The stores to ask: those of the setting `contextStorage`, without names that stand for another. */
export function storeNames(contextStorage: unknown): string[] {
  if (typeof contextStorage !== 'object' || contextStorage === null) return ['memory'];
  const names = Object.entries(contextStorage)
    .filter(([name, store]) => name !== '_' && typeof store === 'object' && store !== null)
    .map(([name]) => name);
  return names.length > 0 ? names : ['memory'];
}
