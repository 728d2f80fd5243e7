/** Deep size beside npm object-sizeof, for the kinds of message that the accuracy test measures against the heap. */
import objectSizeof from 'object-sizeof';
import { sizeOf } from '../src';
import { KINDS } from '../test/memory/size/kinds';
import { table } from '../tools/table';
import { figure, sideBySide, summarise } from './support/measure';

const COPIES = 500;

async function main(): Promise<void> {
  const rows: string[][] = [];
  const rates: number[] = [];
  const ratios: number[] = [];
  for (const { name, make } of KINDS) {
    const values = Array.from({ length: COPIES }, (_, i) => make(i));
    const objects = values.reduce<number>((sum, value) => sum + sizeOf(value).objects, 0);
    const { ours, peer } = await sideBySide(
      {
        ours: () => {
          for (const value of values) sizeOf(value);
        },
        peer: () => {
          for (const value of values) objectSizeof(value);
        },
      },
      4,
    );
    rates.push(objects / ours.median);
    ratios.push(peer.median / ours.median);
    const perMessage = ours.median / COPIES;
    rows.push([name, figure(perMessage), figure(objects / ours.median), figure(peer.median / ours.median)]);
  }
  rows.push(['median', '', figure(summarise(rates).median), figure(summarise(ratios).median)]);
  console.log(table(['message', 'µs', 'million objects a second', '× object-sizeof'], rows));
}

main();
