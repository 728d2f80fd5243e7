/**
 * Counting 100,000 messages by 10,000 keys, beside a Map and a plain object, which are not bounded; and with room for
 * 1000 keys of 10,000, beside lru-cache and mnemonist's LRUMap, which evict by LRU and tell nobody. Keys as topics are: most messages
 * come from few of them.
 */
import { LRUCache } from 'lru-cache';
import LRUMap from 'mnemonist/lru-map.js';
import { Tally } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { heldBytes } from './support/held-bytes';
import { figure, type Measured, over, scaled, sideBySide, summarise, told } from './support/measure';

const MESSAGES = 100_000;
const KEYS = 10_000;
const ROOM = 1_000;

/** Key k comes about as often as 1 / k. Cut from longer texts, as topics are. */
const topics = Array.from({ length: MESSAGES }, (_, i) => {
  const random = ((i * 2_654_435_761) % 2 ** 32) / 2 ** 32;
  return `plant/line-${Math.floor(KEYS ** random) - 1}/state`.slice(6);
});

type Counter = (key: string) => void;

const UNBOUNDED: Record<string, () => Counter> = {
  'tally, lru': () => tally('lru', KEYS),
  'tally, lfu': () => tally('lfu', KEYS),
  Map: () => {
    const counts = new Map<string, number>();
    return (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
  },
  'plain object': () => {
    const counts: Record<string, number> = {};
    return (key) => {
      counts[key] = (counts[key] ?? 0) + 1;
    };
  },
  'lru-cache': () => lruCache(KEYS),
  'mnemonist LRUMap': () => lruMap(KEYS),
};

const BOUNDED: Record<string, () => Counter> = {
  'tally, lru': () => tally('lru', ROOM),
  'tally, lfu': () => tally('lfu', ROOM),
  'lru-cache': () => lruCache(ROOM),
  'mnemonist LRUMap': () => lruMap(ROOM),
};

function tally(evict: 'lru' | 'lfu', capacity: number): Counter {
  const counts = new Tally({ operation: 'count', capacity, evict });
  return (key) => counts.add(key);
}

function lruCache(max: number): Counter {
  const counts = new LRUCache<string, number>({ max });
  return (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
}

function lruMap(capacity: number): Counter {
  const counts = new LRUMap<string, number>(capacity);
  return (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
}

function count(counter: Counter): Counter {
  for (const topic of topics) counter(topic);
  return counter;
}

async function measure(title: string, makers: Record<string, () => Counter>, keys: number): Promise<void> {
  const names = Object.keys(makers);
  const make = (name: string): Counter => count((makers[name] as () => Counter)());
  const bytes = new Map(names.map((name) => [name, heldBytes(() => make(name)) / keys]));
  const counters = new Map(names.map((name) => [name, make(name)]));
  const costs = await sideBySide(
    Object.fromEntries(names.map((name) => [name, () => count(counters.get(name) as Counter)])),
    3,
  );
  const cost = (name: string): Measured => costs[name] as Measured;
  const ours = names[0] as string;
  console.log(`\nCounting, ${title}:\n`);
  console.log(
    table(
      ['table', 'ns a message', '÷ tally, lru', 'bytes a key'],
      names.map((name) => [
        name,
        told(scaled(cost(name), 1000 / MESSAGES)),
        told(over(cost(name), cost(ours))),
        figure(bytes.get(name) ?? Number.NaN),
      ]),
    ),
  );
  for (const peer of names.filter((name) => !name.startsWith('tally'))) {
    const against = { nodes: 'memory-tally', peer };
    printAgainst({ ...against, of: `CPU of counting, ${title}`, ratio: over(cost(ours), cost(peer)) });
    const ratio = summarise([(bytes.get(ours) ?? Number.NaN) / (bytes.get(peer) ?? Number.NaN)]);
    printAgainst({ ...against, of: `bytes of a key, ${title}`, ratio });
  }
}

async function main(): Promise<void> {
  const distinct = new Set(topics).size;
  await measure(`with room for all ${distinct} keys`, UNBOUNDED, distinct);
  await measure(`with room for ${ROOM} of ${distinct} keys`, BOUNDED, ROOM);
}

main();
