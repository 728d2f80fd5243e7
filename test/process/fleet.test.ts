import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import type { Sample, WatchReport } from '../../src';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { Mosquitto } from '../support/mosquitto';

/** An example as a user completes it: with the address of a broker. */
function example(name: string, broker: Mosquitto): FlowNode[] {
  const flow: FlowNode[] = JSON.parse(readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8'));
  const settings = flow.find(({ type }) => type === 'tab')?.env as { name: string; value: string }[];
  const set = (key: string, value: string): void => {
    const entry = settings.find((one) => one.name === key);
    assert(entry, `${name} has ${key}`);
    entry.value = value;
  };
  set('BROKER', '127.0.0.1');
  set('BROKER_PORT', String(broker.port));
  return flow;
}

/** What arrives at topics of a broker, from now on. */
class Inbox {
  readonly messages: { topic: string; text: string; retained: boolean }[] = [];
  #wake: (() => void)[] = [];

  static async open(client: MqttClient, ...topics: string[]): Promise<Inbox> {
    const inbox = new Inbox();
    client.on('message', (topic, payload, { retain }) => {
      inbox.messages.push({ topic, text: payload.toString(), retained: retain });
      for (const wake of inbox.#wake.splice(0)) wake();
    });
    await client.subscribeAsync(topics, { qos: 1 });
    return inbox;
  }

  /** The first message that fits, of those that came since `from` or those to come. */
  async until(topic: string, fits = (_text: string): boolean => true, from = 0): Promise<string> {
    for (;;) {
      const found = this.messages.slice(from).find((one) => one.topic === topic && fits(one.text));
      if (found) return found.text;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

describe('a fleet over a real MQTT broker', function () {
  this.timeout(90_000);
  let broker: Mosquitto;
  const running: NodeRed[] = [];

  beforeEach(async () => {
    broker = await Mosquitto.start();
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((red) => red.stop()));
    await broker.stop();
  });

  async function start(flows: FlowNode[], observe: string[] = []): Promise<NodeRed> {
    const red = await startNodeRed({
      flows,
      observe,
      nodeArgs: ['--expose-gc'],
      settings: { mqttReconnectTime: 1_000 },
    });
    running.push(red);
    return red;
  }

  it('a gateway tells its memory to whoever comes later, collects when told to, and is said to be lost when killed', async () => {
    const flow = example('fleet-gateway', broker);
    Object.assign(flow.find(({ type }) => type === 'memory-gc') ?? {}, { whenIdle: false });
    const red = await start(flow);
    const client = await broker.client();
    const gateway = 'headroom/plant-1/gateway-1';
    await red.until((report) => report.kind === 'status' && report.id === 'hr-gateway-sample');
    const inbox = await Inbox.open(client, `${gateway}/#`);
    const sample = JSON.parse(await inbox.until(`${gateway}/memory`)) as Sample;
    assert(Number(sample.rss) > 30e6 && Number(sample.headroom?.bytes) > 0);
    assert.equal(await inbox.until(`${gateway}/status`), 'online');
    // A command is not retained: told again until the gateway listens.
    const command = (): unknown => client.publish(`${gateway}/command`, JSON.stringify({ do: 'collect' }));
    const again = setInterval(command, 500);
    const answer = await inbox.until(`${gateway}/answer`).finally(() => clearInterval(again));
    assert.equal(JSON.parse(answer).collected, true);
    red.child.kill('SIGKILL');
    assert.equal(await inbox.until(`${gateway}/status`, (text) => text !== 'online'), 'offline');
  });

  it('the watch finds the gateway that leaks, by its topic, and asks it to collect', async () => {
    await start(example('fleet-watch', broker));
    const client = await broker.client();
    const inbox = await Inbox.open(client, 'headroom/+/+/verdict', 'headroom/+/+/command');
    const begun = Date.now() - 6 * 3_600_000;
    for (let second = 0; second < 6 * 3_600; second += 30) {
      for (const [name, perHour] of [
        ['leaky', 8e6],
        ['steady', 0],
      ] as const) {
        const rss = Math.round(60e6 + (perHour * second) / 3_600 + (second % 7) * 1e5);
        const headroom = { bytes: 160e6 - rss, percent: 1, nearest: 'container' };
        const sample = { time: begun + second * 1_000, rss, liveHeap: null, headroom };
        client.publish(`headroom/plant-1/${name}/memory`, JSON.stringify(sample));
      }
    }
    const leaking = (text: string): boolean => JSON.parse(text).state === 'leaking';
    const verdict = JSON.parse(await inbox.until('headroom/plant-1/leaky/verdict', leaking)) as WatchReport;
    assert(Number(verdict.secondsToLimit) > 0, verdict.reason);
    assert.deepEqual(JSON.parse(await inbox.until('headroom/plant-1/leaky/command')), { do: 'collect' });
    assert(!inbox.messages.some(({ topic }) => topic === 'headroom/plant-1/steady/command'));
  });

  it('goes on when the broker was down at the start and comes later', async () => {
    const { port } = broker;
    await broker.stop();
    const flow = example('fleet-gateway', broker);
    await start(flow);
    broker = await Mosquitto.start(port);
    const inbox = await Inbox.open(await broker.client(), 'headroom/plant-1/gateway-1/#');
    assert.equal(await inbox.until('headroom/plant-1/gateway-1/status'), 'online');
    const sample = JSON.parse(await inbox.until('headroom/plant-1/gateway-1/memory')) as Sample;
    assert(Number(sample.rss) > 30e6);
  });

  describe('while the broker is away', () => {
    const topic = 'headroom/plant-1/gateway-1/memory';

    /** A gateway that is connected, and what hands it samples of 10 s each and tells the heap in use after them. */
    async function startTimeLapse(): Promise<{
      untilBroker(colour: 'green' | 'red'): Promise<unknown>;
      lapse(samples: number): Promise<number>;
    }> {
      const at = { z: 'hr-gateway', x: 1, y: 1 };
      const flow = example('fleet-gateway', broker);
      const sampler = flow.find(({ id }) => id === 'hr-gateway-sample');
      Object.assign(sampler ?? {}, { intervalMs: 3_600_000 });
      Object.assign(flow.find(({ type }) => type === 'mqtt-broker') ?? {}, { keepalive: '2' });
      const lapse = [
        'for (let i = 1; i <= msg.payload; i += 1) {',
        '    const time = Date.now() + i * 10_000;',
        '    node.send([{ payload: { time, rss: 60e6 + i, heapUsed: 3e7, headroom: { bytes: 9e7, percent: 50 } } }, null]);',
        '    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve));',
        '}',
        'return [null, msg];',
      ].join('\n');
      const red = await start([
        ...flow,
        { id: 'in', type: 'http in', ...at, url: '/lapse/:samples', method: 'post', wires: [['many']] },
        {
          ...{ id: 'many', type: 'change', ...at, wires: [['lapse']] },
          rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'req.params.samples', tot: 'msg' }],
        },
        {
          ...{ id: 'lapse', type: 'function', ...at, func: lapse, outputs: 2, libs: [] },
          wires: [['hr-gateway-small'], ['out']],
        },
        { id: 'out', type: 'http response', ...at, wires: [] },
      ]);
      const untilBroker = (colour: string): Promise<unknown> =>
        red.until(() => red.status('hr-gateway-out')?.fill === colour);
      await untilBroker('green');
      return {
        untilBroker,
        async lapse(samples) {
          const answer = await fetch(`${red.url}/lapse/${samples}`, { method: 'POST' });
          assert.equal(answer.status, 200);
          return (await red.ask<NodeJS.MemoryUsage>('memory')).heapUsed;
        },
      };
    }

    it('a gateway keeps one sample, not those of days, and publishes it when the broker is back', async () => {
      const { untilBroker, lapse } = await startTimeLapse();
      const { port } = broker;
      await broker.stop();
      await untilBroker('red');
      const before = await lapse(5_000);
      const after = await lapse(20_000);
      assert(after < before + 3e6, `the heap went from ${before} to ${after} bytes`);
      broker = await Mosquitto.start(port);
      const inbox = await Inbox.open(await broker.client(), topic);
      const rss = (text: string): number => JSON.parse(text).rss;
      await inbox.until(topic, (text) => rss(text) === 60_020_000);
      await lapse(1);
      await inbox.until(topic, (text) => rss(text) === 60_000_001);
      assert.equal(inbox.messages.length, 2);
    });

    it('a gateway keeps what the keepalive lets it take for sent, and no more, where the broker hangs', async () => {
      const { untilBroker, lapse } = await startTimeLapse();
      broker.hang();
      await lapse(5_000);
      await untilBroker('red');
      const before = await lapse(5_000);
      const after = await lapse(20_000);
      assert(after < before + 3e6, `the heap went from ${before} to ${after} bytes`);
    });
  });

  describe('with Python devices', () => {
    const devices: ChildProcess[] = [];
    const python = ['python3', '/usr/bin/python3'].find(
      (program) => spawnSync(program, ['-c', 'import paho.mqtt.client']).status === 0,
    );

    before(function () {
      if (!python) this.skip();
    });

    afterEach(async () => {
      for (const device of devices.splice(0)) {
        const gone = once(device, 'exit');
        device.kill('SIGKILL');
        await gone;
      }
    });

    /** A real Python program that keeps `perSecond` bytes a second. */
    function startDevice(name: string, perSecond: number): void {
      const program = [
        'import sys, time',
        'from headroom_device import Device',
        `Device("plant-1", "${name}", port=${broker.port}, interval=0.1, limit=120_000_000).start()`,
        'kept = []',
        'while True:',
        `    kept.append(bytearray(${perSecond} // 20))`,
        '    time.sleep(0.05)',
      ].join('\n');
      const env = { ...process.env, PYTHONPATH: join(ROOT, 'examples', 'python') };
      devices.push(spawn(python ?? '', ['-c', program], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
    }

    it('one keeps nothing of an hour without a broker, and tells where it stands when that is back', async () => {
      const program = [
        'import json, sys, time',
        'from headroom_device import Device',
        `device = Device("plant-1", "sensor-1", port=${broker.port}, interval=3600).start()`,
        'for line in sys.stdin:',
        '    while device.client.is_connected(): time.sleep(0.01)',
        '    for _ in range(360): device._publish()',
        '    for _ in range(50): device.client.publish(device.topic + "/answer", "{}", qos=1)',
        '    kept = device.client._out_packet, device.client._out_messages',
        '    print(json.dumps([len(each) for each in kept]), flush=True)',
      ].join('\n');
      const env = { ...process.env, PYTHONPATH: join(ROOT, 'examples', 'python') };
      const device = spawn(python ?? '', ['-c', program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
      devices.push(device);
      const topic = 'headroom/plant-1/sensor-1/memory';
      await (await Inbox.open(await broker.client(), topic)).until(topic);
      const { port } = broker;
      await broker.stop();
      device.stdin?.write('away\n');
      const [line] = (await once(device.stdout ?? device, 'data')) as [Buffer];
      const [packets = 0, unconfirmed = 0] = JSON.parse(line.toString()) as number[];
      assert(packets <= 1 && unconfirmed <= 20, line.toString());
      broker = await Mosquitto.start(port);
      const inbox = await Inbox.open(await broker.client(), topic);
      assert(JSON.parse(await inbox.until(topic)).rss > 0);
    });

    it('the one that leaks is asked to collect, then restarted, and the other is left alone', async () => {
      await start(example('fleet-python-devices', broker));
      const inbox = await Inbox.open(await broker.client(), 'headroom/plant-1/#');
      startDevice('steady', 0);
      startDevice('leaky', 1_200_000);
      const does =
        (what: string) =>
        (text: string): boolean =>
          JSON.parse(text).do === what;
      const collected = JSON.parse(await inbox.until('headroom/plant-1/leaky/answer', does('collect')));
      assert.equal(typeof collected.unreachable, 'number');
      const traced = await inbox.until(
        'headroom/plant-1/leaky/memory',
        (text) => JSON.parse(text).tracemalloc,
      );
      assert(JSON.parse(traced).tracemalloc.top.length > 0);
      await inbox.until('headroom/plant-1/leaky/answer', does('restart'));
      const last = inbox.messages.length;
      const anew = (text: string): boolean => JSON.parse(text).uptimeSeconds < 2;
      await inbox.until('headroom/plant-1/leaky/memory', anew, last);
      assert(!inbox.messages.some(({ topic }) => topic === 'headroom/plant-1/steady/command'));
    });
  });
});
