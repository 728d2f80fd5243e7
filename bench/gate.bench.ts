/** A chain of gates in a real Node-RED beside a chain of core switch nodes: CPU time per message and node. */
import { type FlowNode, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';
import { figure, summarise } from './support/measure';

const CHAIN = 10;
const MESSAGES = 20_000;
const ROUNDS = 5;

const NODES: Readonly<Record<string, Record<string, unknown>>> = {
  switch: { type: 'switch', property: 'payload', propertyType: 'msg', rules: [{ t: 'else' }], outputs: 1 },
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

async function microsecondsPerMessage(node: Record<string, unknown>): Promise<number[]> {
  const red = await startNodeRed({ flows: flowOf(node) });
  const rounds: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const from = red.reports.length;
    const before = await red.ask<NodeJS.CpuUsage>('cpu');
    await red.inject('start');
    await red.until((report) => report.kind === 'status' && report.id === 'done', 60_000, from);
    const after = await red.ask<NodeJS.CpuUsage>('cpu');
    const used = after.user + after.system - before.user - before.system;
    if (round >= 0) rounds.push(used / MESSAGES);
  }
  await red.stop();
  return rounds;
}

async function main(): Promise<void> {
  const costs = new Map<string, ReturnType<typeof summarise>>();
  for (const [name, node] of Object.entries(NODES))
    costs.set(name, summarise(await microsecondsPerMessage(node)));
  const peer = costs.get('switch')?.median ?? Number.NaN;
  const rows = [...costs].map(([name, { median, spread }]) => [
    name,
    figure(median / CHAIN),
    `${figure(spread[0] / CHAIN)} to ${figure(spread[1] / CHAIN)}`,
    figure(median / peer),
  ]);
  console.log(`${CHAIN} nodes in a row, ${MESSAGES} messages:\n`);
  console.log(table(['node', 'µs CPU per message and node', 'spread', '× switch'], rows));
}

main();
