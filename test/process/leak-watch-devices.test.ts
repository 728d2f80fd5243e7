import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { WatchReport } from '../../src';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, type NodeRed, type Report, startNodeRed } from '../../tools/node-red/start';

const LEAKING = 'devices/7/memory';
/** Debian keeps it where only root looks. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert(address && typeof address === 'object');
  return address.port;
}

/** A Mosquitto that answers on `port`. */
async function startBroker(port: number): Promise<ChildProcess> {
  const broker = spawn('mosquitto', ['-p', String(port)], { stdio: 'ignore', env: { ...process.env, PATH } });
  const failed = once(broker, 'error').then(([error]) => Promise.reject(error as Error));
  const ended = once(broker, 'exit').then(([code]) => Promise.reject(new Error(`mosquitto ended: ${code}`)));
  await Promise.race([failed, ended, answering(port)]);
  for (const promise of [failed, ended]) promise.catch(() => {});
  return broker;
}

async function answering(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The example as a user would complete it, its simulated devices publishing over the broker, many times as fast. */
function exampleOver(port: number): FlowNode[] {
  const file = join(ROOT, 'examples', 'leak-watch-devices.json');
  const flow = JSON.parse(readFileSync(file, 'utf8')) as FlowNode[];
  const find = (id: string): FlowNode => {
    const node = flow.find((each) => each.id === `hr-watchdev-${id}`);
    assert(node, `the example has a node ${id}`);
    return node;
  };
  Object.assign(find('broker'), { broker: '127.0.0.1', port: String(port) });
  find('mqtt').d = false;
  find('tick').repeat = '0.02';
  const devices = find('devices');
  const faster = (devices.func as string).replace('n * 40', 'n * 120');
  assert.notEqual(faster, devices.func);
  Object.assign(devices, { func: faster, wires: [['out']] });
  const { z, broker } = find('mqtt');
  const out = {
    id: 'out',
    type: 'mqtt out',
    z,
    broker,
    topic: '',
    qos: '',
    retain: '',
    x: 1,
    y: 1,
    wires: [],
  };
  return [...flow, out];
}

describe('twenty devices over a real MQTT broker', function () {
  this.timeout(120_000);
  let broker: ChildProcess | undefined;
  let red: NodeRed | undefined;

  afterEach(async () => {
    await red?.stop();
    broker?.kill();
  });

  it('has the one that leaks found, by its topic, and no other', async () => {
    const port = await freePort();
    broker = await startBroker(port);
    red = await startNodeRed({ flows: exampleOver(port), observe: ['hr-watchdev-watch'] });
    const report = await red.until<Extract<Report, { kind: 'message' }>>(
      (candidate) =>
        candidate.kind === 'message' &&
        candidate.port === 2 &&
        (candidate.msg.payload as WatchReport).state === 'leaking',
      60_000,
    );
    const verdict = report.msg.payload as WatchReport;
    assert.equal(verdict.key, LEAKING);
    assert.equal(report.msg.topic, LEAKING);
    assert.equal(verdict.limitBytes, 113_664);
    assert.ok(verdict.leakedBytes > 10_000, verdict.reason);
    const shown = /^1 of 20 leaking · devices\/7\/memory/;
    await red.until((each) => each.kind === 'status' && shown.test(each.status.text ?? ''));
  });
});
