/**
 * Deep size beside npm object-sizeof, for the kinds of message that the accuracy test measures against the heap.
 * Values visited: everything a walk looks at, numbers and booleans too. Objects: what has a size of its own and is
 * counted, so an array of 200 numbers is one object and 201 values.
 */
import objectSizeof from 'object-sizeof';
import { sizeOf } from '../src';
import { KINDS } from '../test/memory/size/kinds';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { figure, over, scaled, sideBySide, summarise, told } from './support/measure';

const COPIES = 500;

/** How many values a walk over `value` looks at: itself, its properties, items, keys of Maps; shared ones again. */
function valuesIn(value: unknown, path: readonly object[] = []): number {
  if (typeof value !== 'object' || value === null || path.includes(value)) return 1;
  const deeper = [...path, value];
  const sum = (parts: Iterable<unknown>): number =>
    [...parts].reduce<number>((total, part) => total + valuesIn(part, deeper), 1);
  if (ArrayBuffer.isView(value)) return 2;
  if (value instanceof Map) return sum([...value].flat(1));
  return sum(value instanceof Set ? value : Object.values(value));
}

async function main(): Promise<void> {
  const rows: string[][] = [];
  const rates: number[] = [];
  const visits: number[] = [];
  const ratios: number[] = [];
  for (const { name, make } of KINDS) {
    const values = Array.from({ length: COPIES }, (_, i) => make(i));
    const objects = values.reduce<number>((sum, value) => sum + sizeOf(value).objects, 0);
    const visited = values.reduce<number>((sum, value) => sum + valuesIn(value), 0);
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
    visits.push(visited / ours.median);
    const ratio = over(ours, peer);
    ratios.push(ratio.median);
    rows.push([
      name,
      told(scaled(ours, 1 / COPIES)),
      figure(visited / ours.median),
      figure(objects / ours.median),
      told(ratio),
    ]);
  }
  const medians = [visits, rates].map((each) => figure(summarise(each).median));
  rows.push(['median of the kinds', '', ...medians, told(summarise(ratios))]);
  console.log(
    table(
      ['message', 'µs', 'million values visited a second', 'million objects a second', '÷ object-sizeof'],
      rows,
    ),
  );
  printAgainst({
    nodes: 'memory-size',
    peer: 'object-sizeof',
    of: `CPU of weighing a message, over ${KINDS.length} kinds`,
    ratio: summarise(ratios),
  });
}

main();
