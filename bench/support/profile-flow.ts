/** A flow as gateways have it, inside a Node-RED of its own process, with and without a profile; prints JSON. */
import { Session } from 'node:inspector/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { flowWorld } from '../../nodes/memory-runtime/flow-world';
import { collect, type Hooks, ledger, type ProfileRun, profiler } from '../../src';
import { cpuPerMessage, RED, sources, startFlow } from './in-red';
import { summarise } from './measure';
import { unlessQuick } from './quick';

const ROUNDS = unlessQuick(13, 2);
const MESSAGES = 600;
const UNDER_WAY = 10;
const MB = 1_048_576;

const at = { z: 'flow', x: 1, y: 1 };
const code = (id: string, func: string, to: string[]): { type: string; wires: string[][] } => ({
  ...{ id, type: 'function', ...at, outputs: 1, libs: [], func },
  wires: [to],
});

/** What 30, 15 and 8 MB of readings are kept by, and one that makes much and keeps nothing. */
const KEEPERS = { large: 30, middle: 15, small: 8 };
const READINGS = `Array.from({ length: 1000 }, (_, n) => ({ n, value: n * 1.5, unit: 'bar' }))`;
const keeperCode = `const all = context.get('all') ?? []; all.push(${READINGS}); context.set('all', all);`;

const FLOW = [
  { id: 'flow', type: 'tab', label: 'Gateway' },
  { id: 'source', type: 'bench-source', ...at, wires: [['parse']] },
  { id: 'parse', type: 'json', ...at, property: 'payload', action: '', pretty: false, wires: [['scale']] },
  code('scale', 'msg.payload = msg.payload.map((r) => ({ ...r, value: r.value * 0.1 })); return msg;', [
    'tag',
  ]),
  {
    ...{ id: 'tag', type: 'change', ...at, wires: [['route']] },
    rules: [{ t: 'set', p: 'topic', pt: 'msg', to: 'plant/line', tot: 'str' }],
  },
  {
    ...{
      id: 'route',
      type: 'switch',
      ...at,
      property: 'payload.length',
      propertyType: 'msg',
      checkall: 'true',
    },
    ...{ rules: [{ t: 'gt', v: '0', vt: 'num' }], outputs: 1, wires: [['sum', 'text']] },
  },
  code(
    'sum',
    "const sums = context.get('sums') ?? { n: 0 }; sums.n += msg.payload.length; context.set('sums', sums); return msg;",
    [],
  ),
  { id: 'text', type: 'json', ...at, property: 'payload', action: '', pretty: false, wires: [['sink']] },
  { id: 'sink', type: 'bench-sink', ...at, wires: [] },
  { id: 'grow', type: 'bench-source', ...at, wires: [[...Object.keys(KEEPERS)]] },
  ...Object.keys(KEEPERS).map((id) => code(id, keeperCode, [])),
  { id: 'churn', type: 'bench-source', ...at, wires: [['churner']] },
  code('churner', `msg.rows = ${READINGS}; return null;`, []),
];

const PAYLOAD = JSON.stringify(Array.from({ length: 60 }, (_, n) => ({ n, value: n * 1.5, unit: 'bar' })));

/** CPU µs per message. */
function round(): Promise<number> {
  return cpuPerMessage(() => sources.get('source')?.send({ payload: PAYLOAD }), MESSAGES, UNDER_WAY);
}

function start(sampleBytes: number): ProfileRun {
  return profiler.start({ mode: 'live', sampleBytes, durationMs: 0, by: 'bench', onEnd: async () => {} });
}

const profiled = (sampleBytes: number) => async (): Promise<() => void> => {
  const run = start(sampleBytes);
  await run.ready(); // the survey at the start is not the price of a message
  return () => run.stop();
};

/** V8's sampling as whoever asks the inspector gets it: places in code, and no nodes. */
async function sampled(): Promise<() => void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: 131_072 });
  return () => session.disconnect();
}

const CASES: Record<string, () => Promise<() => void>> = {
  none: async () => () => {},
  '512 KB': profiled(524_288),
  '128 KB': profiled(131_072),
  '32 KB': profiled(32_768),
  "128 KB, V8's sampling alone": sampled,
};

async function overhead(): Promise<object> {
  const costs: Record<string, number[]> = {};
  for (let index = -2; index < ROUNDS; index += 1) {
    for (const [name, begin] of Object.entries(CASES)) {
      const finish = await begin();
      await round(); // looking into functions has cost them their optimised code: once, not per message
      const cost = await round();
      finish();
      ledger.sweep();
      if (index >= 0) {
        costs[name] ??= [];
        costs[name].push(cost);
      }
    }
  }
  return Object.fromEntries(Object.entries(costs).map(([name, rounds]) => [name, summarise(rounds)]));
}

/** Fills a keeper, and returns by how much that has made the live heap larger. */
async function fill(id: string, bytes: number): Promise<number> {
  const node = RED.nodes.getNode(id);
  const before = await liveHeap();
  while ((await liveHeap()) - before < bytes) {
    for (let n = 0; n < 20; n += 1) {
      node.receive({});
      await pause(0);
    }
  }
  return (await liveHeap()) - before;
}

async function liveHeap(): Promise<number> {
  await collect({ kind: 'major', execution: 'sync', minIntervalMs: 0, minHeapPercent: 0 });
  return process.memoryUsage().heapUsed;
}

async function accuracy(sampleBytes: number): Promise<object> {
  const run = start(sampleBytes);
  await run.ready();
  const truths: Record<string, number> = {};
  for (const [id, megabytes] of Object.entries(KEEPERS)) truths[id] = await fill(id, megabytes * MB);
  for (let n = 0; n < 2_000; n += 1) {
    sources.get('churn')?.send({});
    if (n % 10 === 0) await pause(0);
  }
  await pause(100);
  const began = performance.now();
  const { report } = await run.read();
  const readMs = performance.now() - began;
  run.stop();
  const bytesOf = (id: string): number => report.nodes.find((node) => node.id === id)?.bytes ?? 0;
  const rows = Object.entries(truths).map(([id, truth]) => ({ id, truth, read: bytesOf(id) }));
  const heapUsed = await liveHeap();
  for (const id of Object.keys(KEEPERS)) RED.nodes.getNode(id).context().set('all', []);
  return { rows, churned: bytesOf('churner'), readMs, heapUsed };
}

async function main(): Promise<void> {
  const cleanUp = await startFlow(FLOW);
  ledger.attach(RED.hooks as Hooks);
  profiler.attach(flowWorld({ ...RED, events: RED.events }));
  const costs = await overhead();
  const readings: Record<string, object> = {};
  for (const sampleBytes of [32_768, 131_072]) readings[sampleBytes] = await accuracy(sampleBytes);
  console.log(JSON.stringify({ costs, readings }));
  cleanUp();
  process.exit();
}

main();
