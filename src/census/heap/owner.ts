import type { RunningFlows } from '../../contexts/places';
import type { NodeName } from '../../ledger';
import type { ChainStep, RawChain } from './chains';

/** Who holds an object, by the words that its owner knows it by. */
export type ChainOwner =
  | { kind: 'context'; scope: 'global' | 'flow' | 'node'; id: string; name: string; key: string }
  | ({ kind: 'node' } & NodeName)
  | { kind: 'module'; file: string };

export interface Found {
  owner: ChainOwner | null;
  /** The first step that belongs to the owner: what comes before leads only to it. */
  from: number;
  /** The function node that made the object, where it was made in one. */
  madeBy: NodeName | null;
}

const FUNCTION_SCRIPT = /^Function node(?: setup| cleanup)?:(\S+)/;

/** Finds whose a chain is: the context it passes through, or the flow node that is nearest to the object. */
export function findOwner({ steps, realm }: RawChain, running: RunningFlows): Found {
  const madeBy = realm === null ? null : (running.nodes.get(realm) ?? null);
  for (const find of [contextOf, nodeOf]) {
    for (let at = steps.length - 1; at >= 0; at -= 1) {
      const owner = find(steps, at, running);
      if (owner) return { owner, from: at, madeBy };
    }
  }
  const at = steps.findLastIndex(({ script }) => script !== null && !script.startsWith('node:'));
  const file = steps[at]?.script;
  if (madeBy) return { owner: { kind: 'node', ...madeBy }, from: Math.max(0, at), madeBy };
  return { owner: file ? { kind: 'module', file: shortPath(file) } : null, from: Math.max(0, at), madeBy };
}

/** A store keeps each context under its scope's name, and in it each value under its key. */
function contextOf(steps: readonly ChainStep[], at: number, running: RunningFlows): ChainOwner | null {
  const scope = running.scopes.get(String(steps[at - 1]?.edge));
  if (!scope || steps[at - 1]?.edgeType !== 'property' || steps[at]?.edgeType !== 'property') return null;
  const store = steps[at - 2];
  // A flow's own id is also a name in other tables of Node-RED; in a store of ours it lies in plain data.
  const inStore = store?.edge === 'data' || String(steps[at - 1]?.edge).includes(':');
  return inStore ? { kind: 'context', ...scope, key: String(steps[at]?.edge) } : null;
}

function nodeOf(steps: readonly ChainStep[], at: number, { nodes }: RunningFlows): ChainOwner | null {
  const { edge, edgeType, script, ids } = steps[at] as ChainStep;
  const byScript = FUNCTION_SCRIPT.exec(script ?? '')?.[1];
  const byEdge = edgeType === 'property' ? String(edge) : '';
  for (const id of [byScript, byEdge, ...ids]) {
    const node = id === undefined ? undefined : nodes.get(id);
    if (node) return { kind: 'node', ...node };
  }
  return null;
}

/** From the package on, for the path before it is the machine's. */
function shortPath(file: string): string {
  const at = file.lastIndexOf('node_modules/');
  return at < 0
    ? (file.split(/[\\/]/).slice(-2).join('/') as string)
    : file.slice(at + 'node_modules/'.length);
}

/** `key history of node context 'collect' (id a1)`, `function 'resize' (flow Camera)`, `module my-package/lib/x.js` */
export function describeOwner(owner: ChainOwner | null): string {
  if (owner === null) return 'no flow node';
  if (owner.kind === 'module') return `module ${owner.file}`;
  if (owner.kind === 'node')
    return `${owner.type} '${owner.name || owner.id}'${owner.flow ? ` (flow ${owner.flow})` : ''}`;
  const whose = owner.scope === 'global' ? 'global context' : `${owner.scope} context '${owner.name}'`;
  return `key ${owner.key} of ${whose}`;
}
