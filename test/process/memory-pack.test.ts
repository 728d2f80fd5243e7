import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { makeUserFolder } from '../../tools/node-red/user-folder';
import { Mosquitto } from '../support/mosquitto';

function example(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8'));
}

/** The example as a user would complete it: with a broker, and without the wire past it. */
function overBroker(port: number): FlowNode[] {
  const flow = example('memory-pack-mqtt');
  const find = (id: string): FlowNode => {
    const node = flow.find((each) => each.id === `hr-packmqtt-${id}`);
    assert(node, `the example has a node ${id}`);
    return node;
  };
  Object.assign(find('broker'), { broker: '127.0.0.1', port: String(port) });
  find('out').d = false;
  find('in').d = false;
  find('pack').wires = [['hr-packmqtt-out', 'hr-packmqtt-size']];
  return flow;
}

function waits(report: object, count: number): boolean {
  const { id, status } = report as { id?: string; status?: { text?: string } };
  return id === 'pack' && new RegExp(`\\b${count} waiting`).test(status?.text ?? '');
}

interface Resources {
  timers: number;
}

const SCHEMA = [
  { name: 'n', type: 'u32' },
  { name: 'id', type: 'string' },
];
const at = { z: 'tab', x: 1, y: 1 };
const waiting = (name: string): FlowNode[] => [
  { id: 'tab', type: 'tab', label: 'Waiting' },
  { id: 'one', type: 'inject', ...at, props: [], wires: [['record']] },
  {
    id: 'record',
    type: 'function',
    ...at,
    func: "const n = (flow.get('n') || 0) + 1; flow.set('n', n); return { payload: { n, id: 'a' }, topic: 't' };",
    outputs: 1,
    libs: [],
    wires: [['pack']],
  },
  {
    id: 'pack',
    type: 'memory-pack',
    name,
    ...at,
    schema: SCHEMA,
    batchRecords: 4,
    stateStore: 'disk',
    wires: [['unpack']],
  },
  { id: 'unpack', type: 'memory-pack', ...at, direction: 'unpack', wires: [['sink']] },
  { id: 'sink', type: 'debug', ...at, active: false, wires: [] },
];
const settings = {
  contextStorage: {
    default: { module: 'memory' },
    disk: { module: 'localfilesystem', config: { flushInterval: 1 } },
  },
};

describe('memory-pack in a running Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed | undefined;

  afterEach(async () => {
    await red?.stop();
    red = undefined;
  });

  it('brings 10,000 records over a real MQTT broker in one message of under 3 bytes each', async () => {
    const broker = await Mosquitto.start();
    try {
      red = await startNodeRed({ flows: overBroker(broker.port), observe: ['*'] });
      // The first packet may be on its way before the subscription is: press until one arrives.
      await red.until(
        (report) =>
          report.kind === 'status' &&
          /connected/.test(report.status.text ?? '') &&
          report.id === 'hr-packmqtt-in',
      );
      await red.inject('hr-packmqtt-press');
      const [packed] = await red.untilMessages('hr-packmqtt-pack', 1);
      assert(packed);
      const { bytes } = packed.pack as { bytes: number };
      assert(bytes < 30_000, `${bytes}`);
      const [arrived] = await red.untilMessages('hr-packmqtt-count', 1);
      assert(arrived);
      const { records, first, last } = arrived.payload as { records: number; first: object; last: object };
      assert.equal(records, 10_000);
      assert.deepEqual(Object.keys(first), ['time', 'sensor', 'value', 'ok']);
      assert.equal((last as { sensor: string }).sensor, 'sensor-199');
    } finally {
      await broker.stop();
    }
  });

  it('serves batches that Arrow reads, and packets that Python reads', async () => {
    red = await startNodeRed({ flows: example('memory-pack-arrow'), observe: ['hr-packarrow-pack'] });
    const response = await fetch(`${red.url}/records.arrows`);
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    assert.equal(table.numRows, 3_600);
    assert.equal(table.getChild('sensor')?.get(13), 'sensor-3');

    if (spawnSync('python3', ['--version']).status !== 0) return;
    const flow = example('memory-pack-arrow').map((node) => {
      return node.id === 'hr-packarrow-pack' ? { ...node, format: 'own' } : node;
    });
    await red.deploy(flow);
    const packet = Buffer.from(await (await fetch(`${red.url}/records.arrows`)).arrayBuffer());
    const folder = mkdtempSync(join(tmpdir(), 'headroom-python-'));
    try {
      writeFileSync(join(folder, 'packet'), packet);
      const reader = join(red.userDir, 'node_modules', '@headroom', 'node-red-memory', 'examples', 'python');
      const lines = execFileSync('python3', [join(reader, 'headroom_pack.py'), join(folder, 'packet')], {
        encoding: 'utf8',
      })
        .trim()
        .split('\n');
      assert.equal(lines.length, 3_600);
      assert.equal(JSON.parse(lines[13] ?? '').sensor, 'sensor-3');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('loses nothing that waits over twenty deploys, and leaves nothing behind', async () => {
    red = await startNodeRed({ flows: waiting('0'), observe: ['unpack'], settings });
    await red.inject('one');
    await red.deploy(waiting('first'));
    const before = await red.ask<Resources>('resources');
    for (let turn = 1; turn <= 20; turn += 1)
      await red.deploy(waiting(`${turn}`), turn % 2 ? 'full' : 'nodes');
    assert.deepEqual(await red.ask<Resources>('resources'), before);
    for (let n = 2; n <= 4; n += 1) await red.inject('one');
    const [msg] = await red.untilMessages('unpack', 1);
    assert(msg);
    assert.deepEqual(
      (msg.payload as { n: number }[]).map(({ n }) => n),
      [1, 2, 3, 4],
    );
  });

  it('keeps what waits over restarts of Node-RED in a store on disk, once', async () => {
    const userDir = await makeUserFolder();
    const start = async (name: string, changed: object = {}): Promise<NodeRed> => {
      const flows = waiting(name).map((node) => (node.id === 'pack' ? { ...node, ...changed } : node));
      red = await startNodeRed({ flows, observe: ['unpack'], settings, userDir });
      return red;
    };
    try {
      const first = await start('first');
      await first.inject('one');
      await first.inject('one');
      await first.until(({ kind, ...report }) => kind === 'status' && waits(report, 2));
      await first.stop();
      const second = await start('second');
      await second.until(({ kind, ...report }) => kind === 'status' && waits(report, 2));
      await second.stop(); // nothing came, and nothing goes
      const third = await start('third', { batchRecords: 3 });
      await third.inject('one');
      const [msg = {}] = await third.untilMessages('unpack', 1);
      assert.deepEqual(
        (msg.payload as { n: number }[]).map(({ n }) => n),
        [1, 2, 1],
      );
      await third.stop();
      const fourth = await start('fourth', { batchRecords: 2 });
      await fourth.inject('one');
      await fourth.inject('one');
      const [last = {}] = await fourth.untilMessages('unpack', 1);
      assert.equal((last.payload as object[]).length, 2, 'what was sent is not kept a second time');
    } finally {
      await red?.stop();
      rmSync(userDir, { recursive: true, force: true });
    }
  });
});
