import { type FlowsView, type NodeName, nameFlow, nameNode } from '../ledger';
import { type Flow, type RunningNode, walkFlows } from '../ledger/running';

/** The part of a Node-RED context that a census reads. Any callback may be called at once, late, or never. */
export interface Context {
  keys(store: string, callback: (error: unknown, keys?: unknown) => void): void;
  get(key: string | string[], store: string, callback: (error: unknown, value?: unknown) => void): void;
}

/** One context and whose it is. */
export interface Place {
  scope: 'global' | 'flow' | 'node';
  id: string;
  name: string;
  context: Context;
}

/**
 * Every context that exists, each once: global, those of flows and of subflow instances, and those of nodes that
 * have asked for theirs. A node's `context()` is never called, for it would make one.
 */
export function contextPlaces(flows: FlowsView): Place[] {
  const found = new Map<Context, Place>();

  function add(owner: Owner, context: unknown): void {
    // Global first: its context is also the one of the flow that holds the config nodes.
    if (isContext(context) && !found.has(context)) found.set(context, { ...owner, context });
  }

  walkFlows(
    flows,
    (flow) => add(ownerOfFlow(flow), flow.context),
    (node) => add(ownerOfNode(node), node._context),
  );
  return [...found.values()];
}

type Owner = Pick<Place, 'scope' | 'id' | 'name'>;

function ownerOfFlow(flow: Flow): Owner {
  if (flow.isGlobalFlow) return { scope: 'global', id: 'global', name: 'global' };
  return { scope: 'flow', id: flow.id ?? '', name: nameFlow({ _flow: flow, z: flow.id }) };
}

function ownerOfNode(node: RunningNode): Owner {
  return { scope: 'node', id: node.id, name: nameNode(node).name || node.type };
}

/** All that runs, by id; and whose a scope in a context store is, by its name there. */
export interface RunningFlows {
  nodes: Map<string, NodeName>;
  scopes: Map<string, Owner>;
}

export function runningFlows(flows: FlowsView): RunningFlows {
  const nodes = new Map<string, NodeName>();
  const scopes = new Map<string, Owner>([['global', { scope: 'global', id: 'global', name: 'global' }]]);
  walkFlows(
    flows,
    (flow) => scopes.set(flow.id ?? '', ownerOfFlow(flow)),
    (node) => {
      nodes.set(node.id, nameNode(node));
      // Within a subflow Node-RED names the scope by the node's id in the template.
      scopes.set(`${node._alias ?? node.id}:${node.z ?? ''}`, ownerOfNode(node));
    },
  );
  return { nodes, scopes };
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
