/**
 * A leak-watch in real Node-RED processes of 96 MB: five flows that leak, a minute each at most, and five that do
 * not, 45 s each (some four minutes in all); when each was found, and what the forced collections cost.
 *
 *   tsx bench/leak-watch.bench.ts [leaking | healthy]
 */
import type { WatchReport } from '../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';
import { figure } from './support/measure';
import { unlessQuick } from './support/quick';

const LIMIT_MB = 96;
const LEAK_WATCHED_MS = unlessQuick(60_000, 3_000);
const HEALTHY_WATCHED_MS = unlessQuick(45_000, 2_000);
const LATE_MS = unlessQuick(25_000, 1_000);
const AT_ONCE = 2;
/** How V8's trace names a collection that somebody forced. */
const FORCED = /Mark-Compact.* ([\d.]+) \/ [\d.]+ ms .* testing/;

interface Case {
  leaks: boolean;
  /** Run every 100 ms, with what `setUp` declares. */
  work: string;
  setUp?: string;
  /** What the node behind the gate does with each message. */
  perMessage?: string;
  redeployEveryMs?: number;
  startsAfterMs?: number;
}

const numbers = (count: number): string => `Array.from({ length: ${count} }, (_, i) => i + 0.5)`;
const GARBAGE = "const g = []; for (let i = 0; i < 200; i += 1) g.push({ i, text: 'x'.repeat(50) + i });";

const CASES: Readonly<Record<string, Case>> = {
  'fast leak, 1.3 MB/s': { leaks: true, setUp: 'const kept = [];', work: `kept.push(${numbers(16_000)});` },
  'slow leak, 0.35 MB/s': { leaks: true, setUp: 'const kept = [];', work: `kept.push(${numbers(4500)});` },
  'leak per message': {
    leaks: true,
    work: '',
    perMessage: `const kept = context.get('kept') || []; kept.push({ ...msg, list: ${numbers(500)} }); context.set('kept', kept);`,
  },
  'Buffer leak, 0.6 MB/s': {
    leaks: true,
    setUp: 'const kept = [];',
    work: 'kept.push(Buffer.alloc(65536, 1));',
  },
  'late leak, from 25 s on': {
    leaks: true,
    setUp: 'const kept = []; const begun = Date.now();',
    work: `if (Date.now() - begun > ${LATE_MS}) kept.push(${numbers(13_000)});`,
    startsAfterMs: LATE_MS,
  },
  flat: { leaks: false, work: GARBAGE },
  'warming cache': {
    leaks: false,
    setUp: 'const cache = new Map();',
    work: `for (let i = 0; i < 50; i += 1) { const key = Math.floor(Math.random() * 4000); if (!cache.has(key)) cache.set(key, ${numbers(220)}); }`,
  },
  'full cache (LRU)': {
    leaks: false,
    setUp: 'const cache = new Map(); let n = 0;',
    work: `for (let i = 0; i < 60; i += 1) { n += 1; cache.set(n, ${numbers(220)}); if (cache.size > 3000) cache.delete(cache.keys().next().value); }`,
  },
  'bursts of 8 MB': {
    leaks: false,
    setUp: 'let held = []; const begun = Date.now();',
    work: `if ((Date.now() - begun) % 10000 < 3000) held.push(${numbers(35_000)}); else held = [];`,
  },
  'redeploys every 8 s': { leaks: false, work: GARBAGE, redeployEveryMs: 8000 },
};

function flowOf({ work, setUp = '', perMessage = '' }: Case, version = 0): FlowNode[] {
  const every = (code: string): string =>
    `${setUp} context.set('timer', setInterval(() => { ${code} }, 100));`;
  const finalize = "clearInterval(context.get('timer'));";
  const base = { z: 'tab', x: 1, y: 1, outputs: 1, wires: [[]] };
  const send = 'for (let n = 0; n < 10; n += 1) node.send({ payload: { n } });';
  return [
    { id: 'tab', type: 'tab', label: 'watched' },
    {
      ...base,
      id: 'load',
      type: 'function',
      func: 'return null;',
      initialize: every(send),
      finalize,
      wires: [['watch']],
    },
    { ...base, id: 'watch', type: 'leak-watch', source: 'self', outputs: 3, wires: [['sink'], [], ['end']] },
    { ...base, id: 'sink', type: 'function', func: `${perMessage} return null;` },
    { ...base, id: 'end', type: 'function', func: 'return null;' },
    {
      ...base,
      id: 'work',
      type: 'function',
      func: 'return null;',
      name: `v${version}`,
      initialize: every(work),
      finalize,
    },
  ];
}

const leaking = (red: NodeRed): WatchReport | undefined =>
  red
    .messages('watch', 2)
    .map(({ payload }) => payload as WatchReport)
    .find(({ state }) => state === 'leaking');

async function watch(name: string, given: Case): Promise<string[]> {
  const nodeArgs = [`--max-old-space-size=${LIMIT_MB}`, '--trace-gc'];
  const red = await startNodeRed({ flows: flowOf(given), observe: ['watch'], nodeArgs });
  const pauses: number[] = [];
  red.child.stdout?.on('data', (text: string) => {
    for (const line of text.split('\n')) {
      const [, pause] = FORCED.exec(line) ?? [];
      if (pause !== undefined) pauses.push(Number(pause));
    }
  });
  const begun = Date.now();
  const elapsed = (): number => Date.now() - begun;
  const { startsAfterMs = 0, redeployEveryMs = Number.POSITIVE_INFINITY } = given;
  const watchedMs = given.leaks ? startsAfterMs + LEAK_WATCHED_MS : HEALTHY_WATCHED_MS;
  let deploys = 0;
  while (elapsed() < watchedMs && !leaking(red) && !red.end) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (elapsed() < (deploys + 1) * redeployEveryMs) continue;
    deploys += 1;
    await red.deploy(flowOf(given, deploys), 'nodes');
  }
  const found = leaking(red);
  const seconds = (elapsed() - startsAfterMs) / 1000;
  const share = (100 * pauses.reduce((sum, pause) => sum + pause, 0)) / elapsed();
  await red.stop();
  const verdict = found ? `${figure(seconds)} s` : 'no';
  const right = given.leaks === (found !== undefined) ? 'yes' : 'NO';
  const leaked = found ? figure(found.leakedBytes / 2 ** 20) : '';
  return [
    name,
    given.leaks ? 'yes' : 'no',
    verdict,
    right,
    leaked,
    String(pauses.length),
    `${share.toFixed(2)} %`,
  ];
}

async function main(): Promise<void> {
  const [, , only] = process.argv;
  const chosen = Object.entries(CASES).filter(([, { leaks }]) => !only || leaks === (only === 'leaking'));
  const waiting = [...chosen];
  const rows = new Map<string, string[]>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) rows.set(next[0], await watch(...next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const head = [
    'flow',
    'leaks',
    'found',
    'right',
    'MB leaked by then',
    'forced collections',
    'share of the time',
  ];
  console.log(
    table(
      head,
      chosen.map(([name]) => rows.get(name) ?? []),
    ),
  );
}

main();
