/** One run of the fan-out flow inside a Node-RED of its own process; prints its figures as JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { describeNode, type FlowNode, type Hooks, leaseToFlow, ledger, Pool } from '../../src';

import { unlessQuick } from './quick';

const RED = require('node-red');

const BYTES = 65_536;
const MESSAGES = Number(process.env.MESSAGES ?? unlessQuick(10_000, 500));
const PER_TICK = Number(process.env.PER_TICK ?? 5);
const TICK_MS = 10;
const LATE_MS = 3_000;
const MB = 2 ** 20;

interface Msg {
  n: number;
  payload?: Buffer;
}
type Input = (msg: Msg, send: (msg: Msg) => void, done: () => void) => void;

const pool = new Pool('frames');
const counts = { right: 0, wrong: 0 };
let source: { send(msg: Msg): void };

/** Both runs differ in this node alone. */
const makers: Record<string, (node: FlowNode) => Input> = {
  allocUnsafeSlow: () => (msg, send, done) => {
    msg.payload = Buffer.allocUnsafeSlow(BYTES).fill(pattern(msg));
    send(msg);
    done();
  },
  pooled: (node) => (msg, send, done) => {
    const watched = pool.watchesNext;
    const lease = pool.lease(BYTES);
    const token = leaseToFlow(lease, node, ledger, watched, (late) => {
      throw new Error(`sent late: ${describeNode(late)}`);
    });
    msg.payload = lease.buffer.fill(pattern(msg));
    send(msg);
    token?.release();
    done();
  },
};

function pattern({ n }: Msg): number {
  return 1 + (n % 255);
}

const check: Input = (msg, _send, done) => {
  const { payload = Buffer.alloc(0) } = msg;
  const right =
    payload.length === BYTES && [0, 30_000, BYTES - 1].every((at) => payload[at] === pattern(msg));
  counts[right ? 'right' : 'wrong'] += 1;
  done();
};

const late: Input = (msg, send, done) => {
  const finish = (): void => {
    send(msg);
    done();
  };
  setTimeout(finish, msg.n % 50 === 7 ? LATE_MS : 1);
};

const pass: Input = (msg, send, done) => {
  send(msg);
  done();
};

function register(mode: string): void {
  const types: Record<string, (node: FlowNode) => Input | null> = {
    'bench-source': () => null,
    'bench-maker': makers[mode] ?? (() => null),
    'bench-check': () => check,
    'bench-late': () => late,
    'bench-pass': () => pass,
  };
  for (const [type, make] of Object.entries(types)) {
    RED.nodes.registerType(
      'bench',
      type,
      function (this: FlowNode & { on(event: string, input: Input): void }, config: object) {
        RED.nodes.createNode(this, config);
        const input = make(this);
        if (input) this.on('input', input);
        else source = this as unknown as typeof source;
      },
    );
  }
}

const at = { z: 'flow', x: 1, y: 1 };
const FLOW = [
  { id: 'flow', type: 'tab', label: 'Frames' },
  { id: 'source', type: 'bench-source', ...at, wires: [['maker']] },
  { id: 'maker', type: 'bench-maker', ...at, wires: [['sync', 'null', 'late', 'check4']] },
  { id: 'sync', type: 'bench-pass', ...at, wires: [['check1']] },
  {
    id: 'null',
    type: 'function',
    ...at,
    func: 'return msg.n % 50 === 3 ? null : msg;',
    outputs: 1,
    libs: [],
    wires: [['check2']],
  },
  { id: 'late', type: 'bench-late', ...at, wires: [['check3']] },
  ...['check1', 'check2', 'check3', 'check4'].map((id) => ({ id, type: 'bench-check', ...at, wires: [] })),
];

async function run(mode: string): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(FLOW));
  RED.init({
    userDir,
    flowFile: 'flows.json',
    httpAdminRoot: false,
    httpNodeRoot: false,
    logging: { console: { level: 'off' } },
  });
  register(mode);
  if (mode === 'pooled') ledger.attach(RED.hooks as Hooks);
  await RED.start();
  while (!source) await pause(50);
  await pause(1_000);

  let pauseMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauseMs += duration;
  }).observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  }, 20);
  const cpu = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let n = 0;
    const clock = setInterval(() => {
      for (let i = 0; i < PER_TICK && n < MESSAGES; i += 1, n += 1) source.send({ n });
      if (n < MESSAGES) return;
      clearInterval(clock);
      resolve();
    }, TICK_MS);
  });
  await pause(LATE_MS + 500);
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  const figures = {
    cpuPerMessage: (user + system) / MESSAGES,
    peakMB: peak / MB,
    pauseMs,
    ...counts,
    leaked: pool.statistics().inUse,
  };
  if (ledger.lastFault) throw ledger.lastFault;
  console.log(JSON.stringify(figures));
  rmSync(userDir, { recursive: true, force: true });
  process.exit();
}

run(process.argv[2] ?? 'pooled');
