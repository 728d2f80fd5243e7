import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchReport } from '../../src';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, type NodeRed, type Report, startNodeRed } from '../../tools/node-red/start';
import { Mosquitto } from '../support/mosquitto';

const LEAKING = 'devices/7/memory';

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
  let broker: Mosquitto | undefined;
  let red: NodeRed | undefined;

  afterEach(async () => {
    await red?.stop();
    await broker?.stop();
  });

  it('has the one that leaks found, by its topic, and no other', async () => {
    broker = await Mosquitto.start();
    red = await startNodeRed({ flows: exampleOver(broker.port), observe: ['hr-watchdev-watch'] });
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
