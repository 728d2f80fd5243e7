import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Hooks } from '../../src';
import { cellRequire, currentCell } from '../../tools/node-red/cell';

/** node-red-node-test-helper ships no types: the part that the node tests use. */
interface Helper {
  init(nodeRed: string): void;
  load(nodes: NodeFile | NodeFile[], flow: object[]): Promise<void>;
  /** Deploys another flow in place of the loaded one. */
  setFlows(flow: object[], type?: 'full' | 'flows' | 'nodes'): Promise<void>;
  unload(): Promise<void>;
  /** What nodes find in `RED.settings` from the next load on. */
  settings(settings: object): void;
  getNode(id: string): Node;
  log(): { args: [{ level: number; msg: string; id?: string }][] };
  readonly _events: EventEmitter;
}
export type NodeFile = (RED: NodeAPI) => void;

const load = createRequire(__filename);
const helper: Helper = load('node-red-node-test-helper');

/** The test helper, running the Node-RED of the matrix cell that is tested. */
helper.init(load.resolve(currentCell().nodeRed));

export default helper;

const inCell = cellRequire();

/** The hooks that the helper's nodes speak to; the helper does not hand them to nodes. */
export const { hooks } = inCell(currentCell().nodeRed) as { hooks: Hooks };

/** A core node's file of the Node-RED that is tested, by its path below `core`: `common/25-catch`. */
export function coreNode(path: string): NodeFile {
  return inCell(`@node-red/nodes/core/${path}.js`);
}

/** Every status that a node has set since the flow was loaded, the first ones of its constructor included. */
export function statuses(node: Node): NodeStatus[] {
  const spy = node.status as unknown as { getCalls(): { thisValue: Node; args: [NodeStatus] }[] };
  return spy
    .getCalls()
    .filter(({ thisValue }) => thisValue === node)
    .map(({ args: [status] }) => status);
}
