import { formatBytes } from '../../config';
import type { RunningFlows } from '../../contexts/places';
import type { NodeName } from '../../ledger';
import type { ChainStep, RawChain, RawChains } from './chains';
import { type Column, drawDot, drawSvg } from './drawing';
import { type ChainOwner, describeOwner, findOwner } from './owner';

/** One way in which objects of a type are held. */
export interface Chain {
  /** Objects held in this way. */
  objects: number;
  owner: ChainOwner | null;
  /** The function node that made them, where one did. */
  madeBy: NodeName | null;
  /** From a root of V8 to the object. */
  steps: Omit<ChainStep, 'ids'>[];
  /** The same from the owner on, in words: one line. */
  text: string;
}

/** Why objects of a type stay: only names, types and sizes. */
export interface Retainers {
  type: string;
  count: number;
  bytes: number;
  /** The shortest first. */
  chains: Chain[];
  text: string;
  dot: string;
  svg: string;
}

/** Chains drawn; more would be a wall. */
const MOST_DRAWN = 6;

/** Names the owners of chains, puts together what is held in the same way, and tells it in words and as drawings. */
export function retainersOf(type: string, raw: RawChains, running: RunningFlows, top: number): Retainers {
  const merged = new Map<string, { chain: Chain; from: number }>();
  for (const each of raw.chains) {
    const { from, ...found } = findOwner(each, running);
    const text = tell(each, from, titleOf(found));
    const known = merged.get(text);
    if (known) known.chain.objects += each.objects;
    else
      merged.set(text, {
        from,
        chain: { objects: each.objects, ...found, steps: each.steps.map(withoutIds), text },
      });
  }
  const kept = [...merged.values()]
    .sort((a, b) => a.chain.steps.length - b.chain.steps.length || b.chain.objects - a.chain.objects)
    .slice(0, top);
  const chains = kept.map(({ chain }) => chain);
  const columns = kept.slice(0, MOST_DRAWN).map(({ chain, from }) => column(chain, from));
  const { count, bytes } = raw;
  const head = `${count} ${type}, ${formatBytes(bytes)}`;
  const lines = chains.map(({ objects, text }) => `${objects} × ${text}`);
  return {
    type,
    count,
    bytes,
    chains,
    text: [head, ...lines].join('\n'),
    dot: drawDot(columns),
    svg: drawSvg(columns),
  };
}

/** What lies in a context was put there by some node: the one that made it is told too. */
function titleOf({ owner, madeBy }: Pick<Chain, 'owner' | 'madeBy'>): string {
  const maker =
    owner?.kind === 'context' && madeBy ? `, made by ${madeBy.type} '${madeBy.name || madeBy.id}'` : '';
  return `${describeOwner(owner)}${maker}`;
}

function withoutIds({ ids, ...step }: ChainStep): Omit<ChainStep, 'ids'> {
  return step;
}

/** `key history of node context 'collect' → Array → [] → Reading` */
function tell({ steps }: RawChain, from: number, owner: string): string {
  return [owner, ...steps.slice(from).map((step) => `${edgeText(step, true)} → ${typeText(step)}`)].join(' ');
}

/** Which item of a list it is does not matter; all are held alike. */
function edgeText({ edge, edgeType }: Pick<ChainStep, 'edge' | 'edgeType'>, alike: boolean): string {
  if (typeof edge === 'number') return alike ? '[]' : `[${edge}]`;
  return edgeType === 'internal' ? `(${edge})` : `.${edge}`;
}

function typeText({ type, name }: Pick<ChainStep, 'type' | 'name'>): string {
  return name === null ? type : `function ${name || '(anonymous)'}`;
}

function column({ objects, owner, madeBy, steps }: Chain, from: number): Column {
  const boxes = steps.slice(from).map((step, at, all) => ({
    edge: edgeText(step, true),
    label: typeText(step),
    detail:
      at === all.length - 1 && objects > 1
        ? `${objects} objects, ${formatBytes(step.bytes)} each`
        : formatBytes(step.bytes),
  }));
  return { title: titleOf({ owner, madeBy }), boxes };
}
