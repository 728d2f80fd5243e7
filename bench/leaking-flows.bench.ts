/**
 * Every flow of the corpus leaks in another way, in a real Node-RED, while memory-profile runs: which rank has the node
 * that keeps the memory? In most of them another node has made it.
 */

import { formatBytes, type ProfileReport } from '../src';
import { find, startLeaky } from '../test/support/leaks/find';
import { LEAKING_FLOWS } from '../test/support/leaks/flows';
import { table } from '../tools/table';
import { unlessQuick } from './support/quick';

async function main(): Promise<void> {
  const red = await startLeaky();
  const rows: string[][] = [];
  const ranks: number[] = [];
  try {
    for (const flow of LEAKING_FLOWS.slice(0, unlessQuick(LEAKING_FLOWS.length, 2))) {
      const { report, rank } = await find(red, flow);
      ranks.push(rank);
      rows.push([
        flow.name,
        Number.isFinite(rank) ? String(rank) : 'none',
        share(report, flow.culprit),
        next(report, flow.culprit),
      ]);
    }
  } finally {
    await red.stop();
  }
  const first = ranks.filter((rank) => rank === 1).length;
  const three = ranks.filter((rank) => rank <= 3).length;
  console.log(table(['the flow leaks by', 'rank', 'culprit', 'the next'], rows));
  console.log(`\nFirst in ${first} of ${ranks.length}, among the first three in ${three}.`);
}

function share({ nodes }: ProfileReport, culprit: string): string {
  const found = nodes.find(({ id }) => id === culprit);
  return found ? `${formatBytes(found.bytes + found.externalBytes)}, ${Math.round(found.percent)} %` : '';
}

function next({ nodes }: ProfileReport, culprit: string): string {
  const other = nodes.find(({ id }) => id !== culprit);
  return other ? `${Math.round(other.percent)} %` : '';
}

main();
