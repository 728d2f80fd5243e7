import { join } from 'node:path';
import type { FlowNode } from '../../../tools/node-red/start';

/** A flow that leaks, and the node that is to be named. */
export interface LeakingFlow {
  /** The way it leaks. */
  name: string;
  /** Who keeps the memory. */
  culprit: string;
  /** How the culprit's flow is called, where it is not the tab alone. */
  where?: string;
  nodes: FlowNode[];
  /** Who is told to begin: an inject node, or a path of the flow's own HTTP server asked that many times. */
  begin?: { requests: number; path: string };
  /** In the quick set that every test run goes through. */
  quick?: boolean;
}

/** Nodes that leak as those from the library do; a folder for Node-RED's setting `nodesDir`. */
export const LEAKY_NODES = join(__dirname, 'nodes');

/** Messages sent by the pump, and the rows in the payload of each. */
const MESSAGES = 400;
const ROWS = 200;

const PAYLOADS = {
  objects: `Array.from({ length: ${ROWS} }, (_, i) => ({ i, value: Math.random() }))`,
  text: `Array.from({ length: ${ROWS * 4} }, () => Math.random().toString(36)).join()`,
  buffer: `Buffer.alloc(${ROWS * 80}, n % 256)`,
} as const;

export const at = { z: 'leak', x: 100, y: 100 };

export function code(id: string, func: string, wires: string[][] = [], more: object = {}): FlowNode {
  const empty = { outputs: wires.length, timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [] };
  return { ...at, ...empty, id, type: 'function', name: `the ${id}`, func, wires, ...more };
}

/** Sends messages, one a turn, all made by itself: whoever keeps them has made none of it. */
export function pump(
  payload: keyof typeof PAYLOADS = 'objects',
  to = 'culprit',
  messages = MESSAGES,
): FlowNode[] {
  const body = `
for (let n = 0; n < ${messages}; n += 1) {
  node.send({ n, topic: 'topic-' + n, payload: ${PAYLOADS[payload]} });
  await new Promise((resolve) => setTimeout(resolve, 1));
}
node.status({ text: 'done' });`;
  const inject = { ...at, id: 'begin', type: 'inject', name: '', props: [], repeat: '', once: false };
  return [{ ...inject, wires: [['pump']] }, code('pump', body, [[to]])];
}

/** Comes behind the culprit and sees all its messages: it must not be taken for it. */
export const after = (): FlowNode[] => [
  code('after', 'msg.seen = true; return msg;', [['last']]),
  {
    ...at,
    id: 'last',
    type: 'debug',
    name: '',
    active: false,
    tosidebar: false,
    complete: 'payload',
    wires: [],
  },
];

export const keep = (how: string, more: object = {}): FlowNode =>
  code('culprit', `${how}\nreturn msg;`, [['after']], more);

export function flow(name: string, nodes: FlowNode[], more: Partial<LeakingFlow> = {}): LeakingFlow {
  return { name, culprit: 'culprit', nodes: [{ id: 'leak', type: 'tab', label: 'Leak' }, ...nodes], ...more };
}

export const native = (type: string, more: object, wires = [['after']]): FlowNode => ({
  ...at,
  id: 'culprit',
  type,
  name: '',
  ...more,
  wires,
});

export const join_ = {
  mode: 'custom',
  build: 'array',
  property: 'payload',
  propertyType: 'msg',
  key: 'topic',
};
export const push =
  "const kept = context.get('kept') ?? []; kept.push(msg.payload); context.set('kept', kept);";
