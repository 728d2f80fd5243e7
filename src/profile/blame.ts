import { type FlowNode, runningNodes } from '../ledger';
import type { FlowWorld } from './world';

/** Words of code and configuration that add to a collection. */
const ADDS = /\.(?:push|unshift|concat|add|append|set)\s*\(|\.\.\.|\$append|\+=/;
const LONGEST_TEXT = 200_000;

/**
 * Which node keeps a key of a flow or global context: the one whose code or configuration says so. One that sets the
 * key comes before one that only adds to what it got there, and that before one that only mentions it. `weightOf`
 * decides between equals: how much they did meanwhile.
 */
export class KeyReaders {
  readonly #texts = new Map<string, string>();

  constructor(private readonly world: FlowWorld) {
    world.flows.eachNode((config) => {
      if (config.id) this.#texts.set(config.id, textOf(config));
    });
  }

  keeperOf(
    { scope, flow, key }: { scope: 'flow' | 'global'; flow: string; key: string },
    weightOf: (node: FlowNode) => number,
  ): FlowNode | null {
    let best: { node: FlowNode; score: number; weight: number } | null = null;
    for (const node of runningNodes(this.world.flows)) {
      if (scope === 'flow' && node.z !== flow) continue;
      const score = scoreOf(this.#texts.get(node._alias ?? node.id) ?? '', scope, key);
      if (score === 0) continue;
      const weight = weightOf(node);
      if (!best || score > best.score || (score === best.score && weight > best.weight))
        best = { node, score, weight };
    }
    return best?.node ?? null;
  }
}

function scoreOf(text: string, scope: 'flow' | 'global', key: string): number {
  const isHere =
    text.includes(`${scope}.`) || text.includes(`"${scope}"`) || /\$(?:flow|global)Context/.test(text);
  if (!isHere) return 0;
  if (key !== '*' && text.includes(key)) {
    const at = text.indexOf(`${scope}.set(`);
    if (at >= 0 && new RegExp(`${scope}\\.set\\(\\s*[\`'"\\\\\\[]+${quoted(key)}`).test(text)) return 4;
    // A change node, or one of the library, that has the key in a field of its configuration.
    if (new RegExp(`"p(?:roperty)?":"[^"]*${quoted(key)}`).test(text)) return 4;
    return ADDS.test(text) ? 3 : 2;
  }
  // The key is put together at run time.
  return text.includes(`${scope}.set(`) || /"pt":"(?:flow|global)"/.test(text) ? 1 : 0;
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function textOf(config: object): string {
  try {
    return JSON.stringify(config).slice(0, LONGEST_TEXT);
  } catch {
    return '';
  }
}
