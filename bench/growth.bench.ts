/**
 * What a unit costs as there are more of them: messages, nodes, series, samples, keys, bytes of heap; ten times and a hundred
 * times as many. Where a cost is flat, its last column is about 1.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LeakDetector, Ring, Tally } from '../src';
import { table } from '../tools/table';
import { figuresOf } from './support/child';
import type { Grown } from './support/grown-flow';
import { heldBytes } from './support/held-bytes';
import { type Measured, over, scaled, sideBySide, summarise, told } from './support/measure';
import { type Series, writePlot } from './support/plot';
import { unlessQuick } from './support/quick';

/** One part of the house: what a unit of it costs at each size. */
interface Part {
  name: string;
  /** What is counted, and the unit of the costs: `µs a message`. */
  unit: string;
  sizes: readonly number[];
  /** What there are so many of. */
  of: string;
  costs: readonly Measured[];
}

const once = (value: number): Measured => summarise([value]);
const sized = (...sizes: number[]): number[] => sizes.map((size) => unlessQuick(size, size / 10));

interface Scale {
  nodes: number;
  messages: number;
  keys: number;
}

const SCALES: readonly Scale[] = [10, 100, 1_000].map((nodes) => ({
  nodes,
  messages: unlessQuick(100 * nodes, 2 * nodes),
  keys: unlessQuick(100 * nodes, 10 * nodes),
}));

/** A Node-RED for each scale. */
function flows(): Part[] {
  const grown = SCALES.map(({ nodes, messages, keys }) =>
    figuresOf<Grown>('grown-flow', [nodes, messages, keys].map(String)),
  );
  const part = (
    name: string,
    unit: string,
    of: keyof Scale,
    cost: (grown: Grown, scale: Scale) => Measured,
  ): Part => ({
    ...{ name, unit, of: of === 'keys' ? 'context keys' : of === 'messages' ? 'messages held' : of },
    sizes: SCALES.map((scale) => scale[of]),
    costs: grown.map((one, i) => cost(one, SCALES[i] as Scale)),
  });
  return [
    part('ten function nodes alone', 'µs a message', 'nodes', ({ message }) => message),
    part('ten function nodes, counted', 'µs a message', 'nodes', ({ messageCounted }) => messageCounted),
    part('counting adds', 'times', 'nodes', ({ message, messageCounted }) => over(messageCounted, message)),
    part('state for the memory tab', 'µs a node', 'nodes', ({ look }, { nodes }) => scaled(look, 1 / nodes)),
    part('state for the memory tab', 'bytes in all', 'nodes', ({ lookBytes }) => once(lookBytes)),
    part('profile, a reading', 'ms a node', 'nodes', ({ profile }, { nodes }) => scaled(profile, 1 / nodes)),
    part('ledger', 'bytes a message held', 'messages', ({ heldBytes: bytes }) => once(bytes)),
    part('census in flight', 'µs a message held', 'messages', ({ inFlight }, { messages }) =>
      scaled(inFlight, 1 / messages),
    ),
    part('census of contexts', 'µs a key', 'keys', ({ contexts }, { keys }) => scaled(contexts, 1 / keys)),
  ];
}

const T0 = 1_700_000_000_000;

/** Costs of structures that are filled to each size: bytes of a unit, and CPU of adding one more when full. */
async function structure(
  [name, of, unit]: readonly [string, string, string],
  sizes: readonly number[],
  fill: (size: number) => { add(i: number): void },
): Promise<Part[]> {
  const most = Math.max(...sizes);
  const adds = Math.max(most, 50_000);
  // Small ones are weighed many at a time: what else comes and goes is some kilobytes.
  const bytes = sizes.map((size) => {
    const times = most / size;
    return once(heldBytes(() => Array.from({ length: times }, () => fill(size))) / most);
  });
  const filled = sizes.map(fill);
  const next = sizes.map((size) => size);
  const costs = await sideBySide(
    Object.fromEntries(
      filled.map((one, k) => [
        String(k),
        () => {
          const from = next[k] as number;
          for (let i = 0; i < adds; i += 1) one.add(from + i);
          next[k] = from + adds;
        },
      ]),
    ),
    1,
  );
  const times = sizes.map((_size, k) => scaled(costs[String(k)] as Measured, 1_000 / adds));
  return [
    { name, of, sizes, unit: `bytes a ${unit}`, costs: bytes },
    { name, of, sizes, unit: 'ns an update', costs: times },
  ];
}

function ring(size: number): { add(i: number): void } {
  const samples = new Ring({ capacity: size, fields: ['value'] });
  const values = new Float64Array(1);
  const add = (i: number): void => {
    values[0] = i % 997;
    samples.push(T0 + i, values);
  };
  for (let i = 0; i < size; i += 1) add(i);
  return { add };
}

function tally(size: number): { add(i: number): void } {
  const counts = new Tally({ operation: 'count', capacity: size, evict: 'lru' });
  const keys = Array.from({ length: size }, (_each, i) => `plant/line-${i}`);
  const add = (i: number): void => {
    counts.add(keys[i % size] as string);
  };
  for (let i = 0; i < size; i += 1) add(i);
  return { add };
}

/** What a tally is made of, for what the machine does with so many keys. */
function map(size: number): { add(i: number): void } {
  const counts = new Map<string, number>();
  const keys = Array.from({ length: size }, (_each, i) => `plant/line-${i}`);
  const add = (i: number): void => {
    const key = keys[i % size] as string;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (let i = 0; i < size; i += 1) add(i);
  return { add };
}

function detectors(size: number): { add(i: number): void } {
  const all = Array.from({ length: size }, () => new LeakDetector());
  const add = (i: number): void => {
    const round = Math.floor(i / size);
    all[i % size]?.update(T0 + round * 10_000, 3e7 + ((i * 7919) % 1e6), 1e8);
  };
  for (let i = 0; i < 300 * size; i += 1) add(i);
  return { add: (i) => add(i + 300 * size) };
}

interface OfHeap {
  ms: number;
  blockMs: number;
  peakRss: number;
  sampleUs: number;
}

/**
 * A census of the heap, in a process of each size, beside a snapshot that V8 writes alone; once each: what stands still for a
 * minute is not done seven times.
 */
function heaps(): Part[] {
  const sizes = unlessQuick([20, 100, 200], [10, 20]);
  const folder = mkdtempSync(join(tmpdir(), 'headroom-growth-'));
  const take = (what: string, path: string) => (mb: number) =>
    figuresOf<OfHeap>('census-process', [what, path], {
      nodeArgs: ['--max-old-space-size=4096'],
      env: { HEAP_MB: String(mb) },
    });
  const census = sizes.map(take('types', folder));
  const alone = sizes.map(take('v8', join(folder, 'alone.heapsnapshot')));
  rmSync(folder, { recursive: true, force: true });
  const part = (
    name: string,
    unit: string,
    cost: (one: OfHeap, mb: number) => number,
    taken = census,
  ): Part => ({
    ...{ name, unit, sizes, of: 'MB of heap' },
    costs: taken.map((one, i) => once(cost(one, sizes[i] as number))),
  });
  return [
    part('a sample', 'µs', ({ sampleUs }) => sampleUs),
    part('heap census, stands still', 'ms an MB', ({ blockMs }, mb) => blockMs / mb),
    part('V8 alone, stands still', 'ms an MB', ({ blockMs }, mb) => blockMs / mb, alone),
    part('heap census, reading', 'ms an MB', ({ ms }, mb) => ms / mb),
    part('heap census, peak RSS', 'MB an MB', ({ peakRss }, mb) => peakRss / 1e6 / mb),
    part('V8 alone, peak RSS', 'MB an MB', ({ peakRss }, mb) => peakRss / 1e6 / mb, alone),
  ];
}

/** What a unit costs of the largest, divided by what it costs of the smallest. */
function growth({ costs }: Part): Measured {
  return over(costs.at(-1) as Measured, costs[0] as Measured);
}

function plot(name: string, title: string, parts: readonly Part[]): string {
  const series = parts.map((part): Series => {
    const [first] = part.costs as [Measured];
    const points = part.costs.map(({ median }, k): [number, number] => [
      (part.sizes[k] as number) / (part.sizes[0] as number),
      median / first.median,
    ]);
    return { name: `${part.name}, by ${part.of}`, points, marks: true };
  });
  return writePlot(name, {
    title,
    x: { label: 'times as many', log: true },
    y: { label: 'cost of a unit, the smallest = 1', log: true },
    series,
  });
}

async function main(): Promise<void> {
  const inFlow = flows();
  const others = [
    ...(await structure(['ring', 'samples', 'sample'], sized(1_000, 10_000, 100_000), ring)),
    ...(await structure(['tally', 'keys', 'key'], sized(1_000, 10_000, 100_000), tally)),
    ...(await structure(['a plain Map', 'keys', 'key'], sized(1_000, 10_000, 100_000), map)),
    ...(await structure(['leak detector', 'series', 'series'], sized(10, 100, 1_000), detectors)),
    ...heaps(),
  ];
  const parts = [...inFlow, ...others];
  console.log(
    table(
      ['', 'of so many', 'cost', 'least', '× 10', '× 100', 'largest ÷ least'],
      parts.map((part) => [
        part.name,
        `${part.sizes.map((size) => size.toLocaleString('en')).join(' / ')} ${part.of}`,
        part.unit,
        ...[0, 1, 2].map((k) => (part.costs[k] ? told(part.costs[k]) : '')),
        told(growth(part)),
      ]),
    ),
  );
  console.log(
    '\nNot flat: V8, alone too, takes more than its share of time and memory for the snapshot of a larger heap; tables of keys, a plain Map too, outgrow the caches of the CPU. What falls has a part that does not grow.',
  );
  const inBytes = ({ unit }: Part): boolean => /bytes|MB an/.test(unit);
  const inTime = (part: Part): boolean => !inBytes(part) && part.unit !== 'times';
  const plots = [
    plot('growth-flow', 'Time of a unit in a flow, as there are more of them', inFlow.filter(inTime)),
    plot('growth-parts', 'Time of a unit of other parts, as there are more of them', others.filter(inTime)),
    plot('growth-bytes', 'Bytes of a unit, as there are more of them', parts.filter(inBytes)),
  ];
  console.log(`\n${plots.join('\n\n')}`);
}

void main();
