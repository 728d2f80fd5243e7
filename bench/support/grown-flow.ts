/**
 * What is process-wide, in a Node-RED of its own process with so many nodes, messages held and context keys; prints the
 * costs as JSON: `grown-flow.ts <nodes> <messages> <keys>`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { flowWorld } from '../../nodes/memory-runtime/flow-world';
import { Census, type Hooks, inFlight, ledger, profiler, StateReader, storeNames } from '../../src';
import { standingBytes } from './held-bytes';
import { cpuPerMessage, RED, sources, startFlow } from './in-red';
import { type Measured, sideBySide, summarise } from './measure';
import { unlessQuick } from './quick';

/** CPU µs and ms as `Measured`; the rest in bytes. */
export interface Grown {
  message: Measured;
  messageCounted: Measured;
  heldBytes: number;
  inFlight: Measured;
  look: Measured;
  lookBytes: number;
  contexts: Measured;
  profile: Measured;
}

const CHAIN = 10;
const ROUNDS = unlessQuick(11, 1);
const READINGS = unlessQuick(5, 1);
const [NODES = 10, MESSAGES = 100, KEYS = 1_000] = process.argv.slice(2).map(Number);

const at = { z: 'flow', x: 1, y: 1 };
const HOLD = { pauseType: 'delay', timeout: '1', timeoutUnits: 'hours', rate: '1', nbRateUnits: '1' };
const holders = Array.from({ length: NODES }, (_each, i) => `hold${i}`);
const FLOW = [
  { id: 'flow', type: 'tab', label: 'Grown' },
  { id: 'source', type: 'bench-source', ...at, wires: [['f0']] },
  ...Array.from({ length: CHAIN }, (_each, i) => ({
    ...{ id: `f${i}`, type: 'function', ...at, outputs: 1, libs: [] },
    func: 'msg.count = (msg.count ?? 0) + 1; return msg;',
    wires: [[i === CHAIN - 1 ? 'sink' : `f${i + 1}`]],
  })),
  { id: 'sink', type: 'bench-sink', ...at, wires: [] },
  { id: 'one', type: 'bench-source', ...at, wires: [['hold0']] },
  { id: 'all', type: 'bench-source', ...at, wires: [holders] },
  ...holders.map((id) => ({
    id,
    type: 'delay',
    ...at,
    ...HOLD,
    rateUnits: 'second',
    outputs: 1,
    wires: [[]],
  })),
];

const sender = (id: string) => (msg: object) => sources.get(id)?.send(msg);

/** Messages through the chain, with and without somebody who has them counted. */
async function messages(): Promise<Pick<Grown, 'message' | 'messageCounted'>> {
  const send = (): void => sender('source')({ payload: 1, topic: 'chain' });
  const costs = { plain: [] as number[], counted: [] as number[] };
  for (let round = -1; round < ROUNDS; round += 1) {
    const plain = await cpuPerMessage(send, 1_500, 20);
    const unwatch = ledger.watch();
    const counted = await cpuPerMessage(send, 1_500, 20);
    unwatch();
    ledger.sweep();
    if (round < 0) continue; // the first round warms up
    costs.plain.push(plain);
    costs.counted.push(counted);
  }
  return { message: summarise(costs.plain), messageCounted: summarise(costs.counted) };
}

/** Bytes that messages take which a node holds. */
async function hold(): Promise<number> {
  const before = standingBytes();
  for (let i = 0; i < MESSAGES; i += 1) {
    sender('one')({ payload: { value: i, unit: 'bar' }, topic: `plant/${i}` });
    if (i % 500 === 0) await pause(0);
  }
  await pause(200);
  return standingBytes() - before;
}

async function letGo(): Promise<void> {
  sender('all')({ reset: true });
  await pause(300);
}

/** What the ledger keeps for each message that is held, and what asking who holds them takes. */
async function held(): Promise<Pick<Grown, 'heldBytes' | 'inFlight'>> {
  await hold();
  await letGo();
  const plain = await hold();
  await letGo();
  const unwatch = ledger.watch();
  const counted = await hold();
  const { census } = await sideBySide({ census: () => inFlight(ledger, 20) }, 20);
  await letGo();
  unwatch();
  return { heldBytes: (counted - plain) / MESSAGES, inFlight: census };
}

/** A look at the state as the memory tab takes it, while every holder has a message. */
async function look(): Promise<Pick<Grown, 'look' | 'lookBytes'>> {
  const reader = new StateReader({ countMessages: true, inFlightMs: 0 });
  sender('all')({ payload: { value: 1, unit: 'bar' }, topic: 'plant' });
  await pause(300);
  const { read } = await sideBySide({ read: () => reader.read() }, 20);
  const lookBytes = JSON.stringify(reader.read()).length;
  reader.close();
  await letGo();
  return { look: read, lookBytes };
}

async function contexts(): Promise<Measured> {
  const context = RED.nodes.getNode('f0').context().global;
  for (let i = 0; i < KEYS; i += 1)
    context.set(`key${i % 1_000}.sensor${i}`, { value: i / 3, unit: 'bar', at: [i, i + 1] });
  const options = { what: ['contexts'] as const, top: 20, compare: false, ledger };
  const stores = storeNames(undefined);
  const census = new Census({ ...options, flows: RED.nodes, stores });
  const { take } = await sideBySide({ take: () => census.take() }, unlessQuick(3, 1));
  census.stop();
  return take;
}

/** CPU ms of a reading of who keeps what. */
async function profile(): Promise<Measured> {
  const run = profiler.start({
    ...{ mode: 'live', sampleBytes: 131_072, durationMs: 0, by: 'bench', onEnd: async () => {} },
  });
  await run.ready();
  await cpuPerMessage(() => sender('source')({ payload: 1 }), 1_500, 20);
  const costs: number[] = [];
  for (let reading = -1; reading < READINGS; reading += 1) {
    const before = process.cpuUsage();
    await run.read();
    const { user, system } = process.cpuUsage(before);
    if (reading >= 0) costs.push((user + system) / 1_000);
  }
  run.stop();
  return summarise(costs);
}

async function main(): Promise<void> {
  const cleanUp = await startFlow(FLOW);
  ledger.attach(RED.hooks as Hooks);
  profiler.attach(flowWorld({ ...RED, events: RED.events }));
  const grown: Grown = {
    ...(await messages()),
    ...(await held()),
    ...(await look()),
    contexts: await contexts(),
    profile: await profile(),
  };
  if (ledger.lastFault) throw ledger.lastFault;
  console.log(JSON.stringify(grown));
  cleanUp();
  process.exit();
}

main();
