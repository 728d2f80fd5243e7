/** Messages through ten function nodes inside a Node-RED of its own process; prints the costs as JSON. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Hooks, leaseToFlow, ledger, Pool } from '../../src';
import { cpuPerMessage, RED, type Source, sources, startFlow } from './in-red';
import { summarise } from './measure';
import { unlessQuick } from './quick';

const LENGTH = 10;
const ROUNDS = unlessQuick(25, 2);
const MESSAGES = 1_500;
const UNDER_WAY = 20;

const at = { z: 'flow', x: 1, y: 1 };
const FLOW = [
  { id: 'flow', type: 'tab', label: 'Chain' },
  { id: 'source', type: 'bench-source', ...at, wires: [['f0']] },
  ...Array.from({ length: LENGTH }, (_each, index) => ({
    id: `f${index}`,
    type: 'function',
    ...at,
    func: 'msg.count = (msg.count ?? 0) + 1; return msg;',
    outputs: 1,
    libs: [],
    wires: [[index === LENGTH - 1 ? 'sink' : `f${index + 1}`]],
  })),
  { id: 'sink', type: 'bench-sink', ...at, wires: [] },
];

const pool = new Pool('frames');
const source = (): Source => sources.get('source') as Source;
const plain = (): void => source().send({ payload: 1, topic: 'chain' });

function leased(): void {
  const lease = pool.lease(65_536);
  const token = leaseToFlow(lease, source(), ledger, false, () => {});
  source().send({ payload: lease.buffer, topic: 'chain' });
  token?.release();
}

function unrelatedToken(): () => void {
  const token = ledger.open({ kind: 'bench', memory: new ArrayBuffer(8), onEnd() {} });
  return () => token.end();
}

const CASES: Record<string, { prepare(): () => void; send(): void }> = {
  'no token, no census': { prepare: () => () => {}, send: plain },
  'a census node': { prepare: () => ledger.watch(), send: plain },
  'a token elsewhere': { prepare: unrelatedToken, send: plain },
  'each message leases 64 KB': { prepare: () => () => {}, send: leased },
};

async function main(): Promise<void> {
  const cleanUp = await startFlow(FLOW);
  ledger.attach(RED.hooks as Hooks);
  const costs: Record<string, number[]> = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
  for (let index = -1; index < ROUNDS; index += 1) {
    for (const [name, { prepare, send }] of Object.entries(CASES)) {
      const finish = prepare();
      const cost = await cpuPerMessage(send, MESSAGES, UNDER_WAY);
      finish();
      await pause(50);
      ledger.sweep();
      if (index >= 0) costs[name]?.push(cost); // the first round warms up
    }
  }
  if (ledger.lastFault) throw ledger.lastFault;
  const measured = Object.entries(costs).map(([name, rounds]) => [name, summarise(rounds)]);
  console.log(JSON.stringify(Object.fromEntries(measured)));
  cleanUp();
  process.exit();
}

main();
