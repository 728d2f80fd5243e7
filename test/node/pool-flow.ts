import { type EventEmitter, once } from 'node:events';
import memoryCensus from '../../nodes/memory-census/memory-census';
import memoryLease from '../../nodes/memory-lease/memory-lease';
import memoryPool from '../../nodes/memory-pool/memory-pool';
import memoryReturn from '../../nodes/memory-return/memory-return';
import { closePool, findPool, ledger } from '../../src';
import helper, { hooks, type NodeFile } from '../support/test-helper';

export type TestFlow = { id: string; type: string; [property: string]: unknown }[];
export type TestNode = EventEmitter & { receive(msg: object): void };
// biome-ignore lint/suspicious/noExplicitAny: what a test expects in a message, it looks at
export type Received = Record<string, any>;

/** Loads the nodes of pools, leases and census; the hooks are the plugin's part, which the helper does not load. */
export async function load(flow: TestFlow, more: NodeFile[] = []): Promise<Nodes> {
  ledger.attach(hooks);
  await helper.load([memoryPool, memoryLease, memoryReturn, memoryCensus, ...more], flow);
  return (id) => helper.getNode(id) as unknown as TestNode;
}

/** The helper stops nodes as for a restart, after which a pool is found again with its figures. */
export function restart(): Promise<void> {
  return helper.unload();
}

export async function unload(): Promise<void> {
  await restart();
  for (const id of ['pool', 'other']) closePool(id, true);
  ledger.attach(null);
}

/** Sends a message to a node and resolves with the next one that another node gets. */
export async function through(from: TestNode, to: TestNode, msg: object): Promise<Received> {
  const arrived = once(to, 'input');
  from.receive(msg);
  return (await arrived)[0];
}

/** Sends a message to a node and resolves with the error it reports. */
export async function errorOf(node: TestNode, msg: object): Promise<string> {
  const reported = once(node, 'call:error');
  node.receive(msg);
  const [call] = await reported;
  return String(call.args[0].message ?? call.args[0]);
}

export type Nodes = (id: string) => TestNode;

/** A pool, a lease and a return node, both wired to `out`. */
export function startPool(lease: object = {}, pool: object = {}, more: TestFlow = []): Promise<Nodes> {
  const at = { x: 1, y: 1, z: 'tab' };
  return load([
    { id: 'tab', type: 'tab', label: 'Test' },
    { id: 'pool', type: 'memory-pool', name: 'frames', ...pool },
    { id: 'lease', type: 'memory-lease', ...at, pool: 'pool', ...lease, wires: [['out']] },
    { id: 'return', type: 'memory-return', ...at, pool: 'pool', wires: [['out']] },
    { id: 'out', type: 'helper', ...at },
    ...more,
  ]);
}

export const statistics = () => findPool('pool')?.statistics();
