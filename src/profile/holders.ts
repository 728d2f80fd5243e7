import { runningNodes } from '../ledger';
import { growthSince } from './growth';
import { type ProfiledNode, reportOf } from './report';
import { indexOf } from './scripts';
import { Traffic } from './traffic';
import type { FlowWorld } from './world';

/**
 * Who holds most now, whenever it was made: what a survey finds on nodes, the fullest first. Some ms per ten nodes,
 * and no sampling. It says less than a profile, for what was there all the time counts, too.
 */
export async function holdersNow(world: FlowWorld): Promise<ProfiledNode[]> {
  const traffic = new Traffic();
  for (const node of runningNodes(world.flows)) traffic.meet(node);
  const held = await growthSince(new Map(), world, indexOf(world), traffic, () => 0);
  const heap = new Map([...held].map(([id, bytes]) => [id, bytes.heap]));
  const external = new Map([...held].map(([id, bytes]) => [id, bytes.external]));
  const { nodes } = reportOf({
    ...{ mode: 'live', seconds: 0, sampleBytes: 0, heap, files: new Map() },
    external: { byNode: external, rest: 0 },
    nameOf: (id) => traffic.of(id)?.name,
  });
  return nodes;
}
