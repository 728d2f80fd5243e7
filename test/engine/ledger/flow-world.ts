import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowNode, Hooks } from '../../../src/ledger';
import { cellRequire } from '../../../tools/node-red/cell';

/** Node-RED's own Node, Flow and hooks, without a runtime around them: what fires when is theirs, not a copy. */
const inCell = cellRequire();
const RuntimeNode = inCell('@node-red/runtime/lib/nodes/Node') as new (config: object) => LiveNode;
const { Flow, init } = inCell('@node-red/runtime/lib/flows/Flow') as {
  Flow: { prototype: object };
  init(runtime: object): void;
};
export const { hooks } = inCell('@node-red/util') as { hooks: Hooks & { has(name: string): boolean } };

export type Msg = Record<PropertyKey, unknown>;
type Send = (msg: unknown) => void;
type Done = (error?: unknown) => void;

export interface LiveNode extends FlowNode {
  on(event: 'input', handler: (...args: never[]) => void): void;
  on(event: 'close', handler: () => void): void;
  send(msg: unknown): void;
  receive(msg: object): void;
  close(removed?: boolean): Promise<unknown>;
  error(error: unknown, msg?: object): void;
}

export interface NodeOptions {
  id: string;
  type?: string;
  name?: string;
  wires?: string[][];
  input?: (this: LiveNode, msg: Msg, send: Send, done: Done) => void;
  /** An input handler of the old style, without send and done. */
  oldInput?: (this: LiveNode, msg: Msg) => void;
  /** A catch or complete node for these node ids. */
  scope?: string[];
}

interface World {
  nodes: Map<string, LiveNode>;
  errors: unknown[];
  isRunning(node: FlowNode): boolean;
  /** Closes a node as a deploy does, and leaves it out of the flow. */
  stop(id: string): Promise<void>;
  node(id: string): LiveNode;
}

/** A running flow of the given nodes. */
export function world(options: NodeOptions[]): World {
  const errors: unknown[] = [];
  init({ settings: {}, log: { error: (text: string) => errors.push(text), trace() {}, debug() {} } });
  const active: Record<string, LiveNode> = {};
  const flow = Object.assign(Object.create(Flow.prototype), {
    id: 'flow',
    path: 'flow',
    activeNodes: active,
    catchNodes: [] as LiveNode[],
    statusNodes: [],
    completeNodeMap: {} as Record<string, LiveNode[]>,
    groups: {},
    subflowInstanceNodes: {},
    flow: { label: 'Flow 1' },
    parent: { getNode: () => undefined },
    log: ({ msg }: { msg: unknown }) => errors.push(msg),
  });
  for (const { id, type = 'test', name, wires = [], input, oldInput, scope } of options) {
    const node = new RuntimeNode({ id, type, name, z: 'flow', wires, _flow: flow });
    if (input) {
      node.on('input', function handler(this: LiveNode, msg: Msg, send: Send, done: Done) {
        input.call(node, msg, send, done);
      } as never);
    }
    if (oldInput) {
      node.on('input', ((msg: Msg) => oldInput.call(node, msg)) as never);
    }
    if (type === 'catch') {
      flow.catchNodes.push(Object.assign(node, { scope }));
    }
    if (type === 'complete') {
      for (const completed of scope ?? []) {
        flow.completeNodeMap[completed] ??= [];
        flow.completeNodeMap[completed].push(node);
      }
    }
    active[id] = node;
  }
  const nodes = new Map(Object.entries(active));
  return {
    nodes,
    errors,
    isRunning: (node) => active[node.id] === node,
    async stop(id) {
      const node = active[id];
      delete active[id];
      await node?.close();
    },
    node(id) {
      const node = nodes.get(id);
      if (!node) throw new Error(`no node ${id}`);
      return node;
    },
  };
}

/** Lets a number of turns of the event loop pass. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}
