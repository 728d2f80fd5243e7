/** Messages through ten function nodes inside a Node-RED of its own process; prints the costs as JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FlowNode, type Hooks, leaseToFlow, ledger, Pool } from '../../src';
import { summarise } from './measure';

const RED = require('node-red');

const LENGTH = 10;
const ROUNDS = 25;
const MESSAGES = 1_500;
const UNDER_WAY = 20;

type Source = FlowNode & { send(msg: object): void };
let source: Source;
let arrived: () => void = () => {};

function register(): void {
  RED.nodes.registerType('bench', 'bench-source', function (this: Source, config: object) {
    RED.nodes.createNode(this, config);
    source = this;
  });
  RED.nodes.registerType(
    'bench',
    'bench-sink',
    function (
      this: { on(event: string, input: (msg: object, send: unknown, done: () => void) => void): void },
      config: object,
    ) {
      RED.nodes.createNode(this, config);
      this.on('input', (_msg, _send, done) => {
        done();
        arrived();
      });
    },
  );
}

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
const plain = (): void => source.send({ payload: 1, topic: 'chain' });

function leased(): void {
  const lease = pool.lease(65_536);
  const token = leaseToFlow(lease, source, ledger, false, () => {});
  source.send({ payload: lease.buffer, topic: 'chain' });
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

/** CPU µs per message. */
async function round(send: () => void): Promise<number> {
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let sent = UNDER_WAY;
    let through = 0;
    arrived = () => {
      through += 1;
      if (through === MESSAGES) resolve();
      else if (sent < MESSAGES) {
        sent += 1;
        send();
      }
    };
    for (let i = 0; i < UNDER_WAY; i += 1) send();
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MESSAGES;
}

async function main(): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(FLOW));
  const logging = { console: { level: 'off' } };
  RED.init({ userDir, flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: false, logging });
  register();
  await RED.start();
  while (!source) await pause(50);
  await pause(1_000);
  ledger.attach(RED.hooks as Hooks);
  const costs: Record<string, number[]> = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
  for (let index = -1; index < ROUNDS; index += 1) {
    for (const [name, { prepare, send }] of Object.entries(CASES)) {
      const finish = prepare();
      const cost = await round(send);
      finish();
      await pause(50);
      ledger.sweep();
      if (index >= 0) costs[name]?.push(cost); // the first round warms up
    }
  }
  if (ledger.lastFault) throw ledger.lastFault;
  // Compared round by round, so that what else the machine does weighs on both sides alike.
  const bare = Object.values(costs)[0] ?? [];
  const summary = Object.entries(costs).map(([name, values]) => {
    const ratio = summarise(values.map((value, index) => value / (bare[index] ?? Number.NaN))).median;
    return [name, { ...summarise(values), ratio }];
  });
  console.log(JSON.stringify(Object.fromEntries(summary)));
  rmSync(userDir, { recursive: true, force: true });
  process.exit();
}

main();
