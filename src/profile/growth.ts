import type { FlowNode } from '../ledger';
import { KeyReaders } from './blame';
import type { Bytes } from './parts';
import type { ScriptIndex } from './scripts';
import { type Place, survey } from './survey';
import type { Traffic } from './traffic';
import type { FlowWorld } from './world';

/** What has grown less than this may be chance. */
const NOTICEABLE = 65_536;

/** By how much each node keeps more than before, by node id. */
export async function growthSince(
  before: ReadonlyMap<string, Bytes>,
  world: FlowWorld,
  index: ScriptIndex,
  traffic: Traffic,
  weightOf: (node: FlowNode) => number,
): Promise<Map<string, Bytes>> {
  const places = await survey(world, index);
  const grown = new Map<string, Bytes>();
  const add = (id: string, { heap, external }: Bytes, share: number): void => {
    const sum = grown.get(id) ?? { heap: 0, external: 0 };
    grown.set(id, { heap: sum.heap + heap * share, external: sum.external + external * share });
  };
  let readers: KeyReaders | null = null;
  for (const [name, place] of places) {
    const more = moreThan(before.get(name), place);
    if (!more) continue;
    const { keeper } = place;
    if (keeper.in === 'node') add(keeper.node.id, more, 1);
    else if (keeper.in === 'type') traffic.share(keeper.nodes, 1, (node, share) => add(node.id, more, share));
    else {
      readers ??= new KeyReaders(world);
      const node = readers.keeperOf(keeper, weightOf);
      if (node) add(node.id, more, 1);
    }
  }
  return grown;
}

function moreThan(before: Bytes | undefined, { heap, external }: Place): Bytes | null {
  const more = {
    heap: Math.max(0, heap - (before?.heap ?? 0)),
    external: Math.max(0, external - (before?.external ?? 0)),
  };
  return more.heap + more.external >= NOTICEABLE ? more : null;
}
