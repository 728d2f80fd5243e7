/** Chains of gates in a real Node-RED beside core switch nodes and node-red-contrib-queue-gate: CPU per message. */
import { join } from 'node:path';
import { type FlowNode, type NodeRed, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { type Measured, over, scaled, summarise, told } from './support/measure';
import { fetchPeer } from './support/peer';
import { unlessQuick } from './support/quick';

const CHAIN = 10;
const MESSAGES = unlessQuick(20_000, 500);
const ROUNDS = unlessQuick(7, 2);
const QUEUE_GATE = fetchPeer('node-red-contrib-queue-gate');

/** The nodes of the harness, and the peer. */
const HARNESS = join(__dirname, '..', 'tools', 'node-red', 'harness');
const SETTINGS = { nodesDir: [HARNESS, QUEUE_GATE.folder] };

const NODES: Readonly<Record<string, Record<string, unknown>>> = {
  switch: { type: 'switch', property: 'payload', propertyType: 'msg', rules: [{ t: 'else' }], outputs: 1 },
  [QUEUE_GATE.name]: {
    ...{ type: 'q-gate', controlTopic: 'control', defaultState: 'open', maxQueueLength: 100, outputs: 1 },
    ...{ openCmd: 'open', closeCmd: 'close', toggleCmd: 'toggle', queueCmd: 'queue', defaultCmd: 'default' },
    ...{ triggerCmd: 'trigger', flushCmd: 'flush', resetCmd: 'reset', peekCmd: 'peek', dropCmd: 'drop' },
    ...{ statusCmd: 'status', keepNewest: false, qToggle: false, persist: false },
  },
  'leak-watch, messages pass': { type: 'leak-watch', source: 'self', outputs: 3 },
  'leak-watch, gate open': { type: 'leak-watch', source: 'self', whenLeaking: 'queue', outputs: 3 },
};

/** Sends messages through a chain as fast as it takes them, and tells when the last has come through. */
function flowOf(node: Record<string, unknown>): FlowNode[] {
  const base = { z: 'tab', y: 1 };
  const load = `let left = ${MESSAGES};
    const next = () => { for (let i = 0; i < 100 && left > 0; i += 1) node.send({ payload: left-- }); if (left > 0) setTimeout(next, 0); };
    next();`;
  const links = Array.from({ length: CHAIN }, (_, i) => ({
    ...base,
    ...node,
    id: `link-${i}`,
    x: i + 2,
    wires: [[i + 1 < CHAIN ? `link-${i + 1}` : 'end'], [], []],
  }));
  return [
    { id: 'tab', type: 'tab', label: 'chain' },
    { ...base, id: 'start', type: 'inject', x: 1, props: [], wires: [['load']] },
    { ...base, id: 'load', type: 'function', x: 1, func: load, outputs: 1, wires: [['link-0']] },
    ...(links as unknown as FlowNode[]),
    {
      ...base,
      id: 'end',
      type: 'function',
      x: 99,
      outputs: 1,
      wires: [['done']],
      func: 'return msg.payload === 1 ? msg : null;',
    },
    {
      ...base,
      id: 'done',
      type: 'function',
      x: 100,
      outputs: 0,
      wires: [],
      func: 'node.status({ text: String(Date.now()) });',
    },
  ];
}

async function microsecondsPerMessage(red: NodeRed): Promise<number> {
  const from = red.reports.length;
  const before = await red.ask<NodeJS.CpuUsage>('cpu');
  await red.inject('start');
  await red.until((report) => report.kind === 'status' && report.id === 'done', 60_000, from);
  const after = await red.ask<NodeJS.CpuUsage>('cpu');
  return (after.user + after.system - before.user - before.system) / MESSAGES;
}

/** Each chain in a Node-RED of its own, a round of each in turn. */
async function measure(): Promise<Map<string, Measured>> {
  const reds = new Map<string, NodeRed>();
  const rounds = new Map<string, number[]>(Object.keys(NODES).map((name) => [name, []]));
  try {
    for (const [name, node] of Object.entries(NODES)) {
      reds.set(name, await startNodeRed({ flows: flowOf(node), settings: SETTINGS }));
    }
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [name, red] of reds) {
        const cost = await microsecondsPerMessage(red);
        if (round >= 0) rounds.get(name)?.push(cost); // the first round warms up
      }
    }
  } finally {
    for (const red of reds.values()) await red.stop();
  }
  return new Map([...rounds].map(([name, costs]) => [name, scaled(summarise(costs), 1 / CHAIN)]));
}

async function main(): Promise<void> {
  const costs = await measure();
  const cost = (name: string): Measured => costs.get(name) as Measured;
  const rows = [...costs].map(([name, one]) => [
    name,
    told(one),
    told(over(one, cost('switch'))),
    told(over(one, cost(QUEUE_GATE.name))),
  ]);
  console.log(`${CHAIN} nodes in a row, ${MESSAGES} messages:\n`);
  console.log(table(['node', 'µs CPU per message and node', '÷ switch', '÷ queue-gate'], rows));
  const ours = 'leak-watch, gate open';
  for (const peer of ['switch', QUEUE_GATE.name]) {
    const ratio = over(cost(ours), cost(peer));
    printAgainst({ nodes: 'leak-watch', peer, of: 'CPU of a message through the open gate', ratio });
  }
}

main();
