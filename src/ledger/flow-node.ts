/** What the ledger reads of a Node-RED node. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  /** The flow or subflow instance it sits on. */
  readonly z?: string;
  /** Input handlers that take `done`; 0 for handlers of the old style, which cannot say when they are done. */
  readonly _expectedDoneCount?: number;
  readonly _inputCallback?: unknown;
  readonly _inputCallbacks?: unknown;
  readonly _flow?: {
    readonly path?: string;
    readonly flow?: { readonly label?: string };
    readonly subflowDef?: { readonly name?: string };
    readonly parent?: FlowNode['_flow'];
  };
}

/** A node by the words its owner knows it by. */
export interface NodeName {
  id: string;
  name: string;
  type: string;
  /** Label of the flow; inside a subflow `Flow / Subflow`. */
  flow: string;
}

export function nameNode(node: FlowNode): NodeName {
  return { id: node.id, name: node.name ?? '', type: node.type, flow: nameFlow(node) };
}

/** `function 'resize' (flow Camera)`, or by its id when it has no name. */
export function describeNode(node: FlowNode): string {
  const flow = nameFlow(node);
  return `${node.type} '${node.name || node.id}'${flow ? ` (flow ${flow})` : ''}`;
}

const DEEPEST_SUBFLOW = 10;

/** Label of a node's flow; inside a subflow `Flow / Subflow`. */
export function nameFlow(node: { z?: string | undefined; _flow?: FlowNode['_flow'] }): string {
  const labels: string[] = [];
  let flow = node._flow;
  for (let depth = 0; flow && depth < DEEPEST_SUBFLOW; depth += 1) {
    const label = flow.subflowDef ? flow.subflowDef.name : flow.flow?.label;
    if (label) labels.unshift(label);
    flow = flow.subflowDef ? flow.parent : undefined;
  }
  return labels.length > 0 ? labels.join(' / ') : (node.z ?? '');
}

/** An old-style handler: the message counts as done when the handler has returned. */
export function isOldStyle(node: FlowNode): boolean {
  return (node._expectedDoneCount ?? 0) === 0;
}

/** A closed node, or one that takes no input: nobody got the message. */
export function hasNoHandler(node: FlowNode): boolean {
  return !node._inputCallback && !node._inputCallbacks;
}
