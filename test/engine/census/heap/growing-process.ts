/** A process that takes two heap censuses of itself, between which it has grown, and tells its parent about them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HeapCensus } from '../../../../src/census/heap/heap-census';

class Reading {
  constructor(readonly at: number) {}
}

async function main(folder: string): Promise<void> {
  const below = (): string[] => readdirSync(join(folder, 'headroom-snapshots'));
  const keep: Reading[] = [];
  const announced: string[] = [];
  const options = {
    folder,
    top: 20,
    room: () => ({ container: null, system: null, disk: null, diskIsMemory: false }),
  };
  const census = new HeapCensus({ ...options, compare: true, announce: (_, words) => announced.push(words) });
  const other = new HeapCensus({ ...options, compare: false });
  const figures = async () => (await census.types()).types.find(({ type }) => type === 'Reading');

  const grow = (count: number): void => {
    for (let i = 0; i < count; i += 1) keep.push(new Reading(i));
  };
  grow(2_000);
  const taking = figures();
  const clash = await other.types().catch(String);
  const first = await taking;
  grow(1_000);
  const watching = setInterval(() => {
    for (const name of below())
      modes.add((statSync(join(folder, 'headroom-snapshots', name)).mode & 0o777).toString(8));
  }, 1);
  const modes = new Set<string>();
  const second = await figures();
  clearInterval(watching);
  census.close();
  process.send?.({ first, second, announced, clash, files: below(), modes: [...modes] });
  process.disconnect();
}

main(process.argv[2] ?? '');
