/**
 * A thousand simulated gateways through a real Mosquitto into one Node-RED with the flow of examples/fleet-watch.json,
 * held on one core: first at the rate of the real fleet (a sample every 10 s each), for CPU and memory; then their
 * samples of hours as fast as the flow takes them, by the clock in the samples, for what is found. Last, healthy
 * gateways of all kinds against the detector alone, for false alarms per gateway and year.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { LeakDetector } from '../src';
import { FAMILIES, seriesOfAllFamilies } from '../test/support/leak-families';
import { seeded } from '../test/support/leak-series';
import { Mosquitto } from '../test/support/mosquitto';
import { ROOT } from '../tools/node-red/cell';
import { type FlowNode, type NodeRed, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';
import { unlessQuick } from './support/quick';

const GATEWAYS = 1_000;
const LEAKING = 20;
const INTERVAL_MS = 10_000;
const REAL_S = Number(process.env.FLEET_REAL_SECONDS ?? unlessQuick(60, 3));
const HOURS = Number(process.env.FLEET_HOURS ?? unlessQuick(2, 0.02));
const MB = 1_048_576;
/** Samples under way at once in the fast part: the flow says when it has taken a lot. */
const LOT = 500;

const dice = seeded(20_261_124);
const LEAKS = new Set(Array.from({ length: LEAKING }, (_, k) => k * (GATEWAYS / LEAKING) + 7));

/** One gateway of 192 MB: live heap between 30 and 70 MB, garbage on top; a leaking one grows by 15 to 40 MB an hour. */
class Gateway {
  readonly topic: string;
  readonly #base = (30 + 40 * dice()) * MB;
  readonly #perHour: number;
  #wander = 0;

  constructor(readonly number: number) {
    this.topic = `headroom/plant-1/gateway-${number}/memory`;
    this.#perHour = LEAKS.has(number) ? (15 + 25 * dice()) * MB : 0;
  }

  sample(time: number, begun: number): string {
    this.#wander = this.#wander * 0.98 + (dice() - 0.5) * 0.4 * MB;
    const liveHeap = Math.round(this.#base + this.#wander + (this.#perHour * (time - begun)) / 3_600_000);
    const rss = liveHeap + Math.round(45 * MB + dice() * 8 * MB);
    const headroom = { bytes: 192 * MB - liveHeap, percent: 50, nearest: 'heap' };
    return JSON.stringify({
      time,
      rss,
      heapUsed: liveHeap + MB,
      liveHeap,
      heapLimit: 192 * MB,
      external: 3 * MB,
      headroom,
    });
  }
}

/** The example over this broker, and a node that says when another lot has gone through the watch. */
function flows(broker: Mosquitto): FlowNode[] {
  const flow: FlowNode[] = JSON.parse(readFileSync(join(ROOT, 'examples', 'fleet-watch.json'), 'utf8'));
  const settings = flow.find(({ type }) => type === 'tab')?.env as { name: string; value: string }[];
  for (const entry of settings) entry.value = entry.name === 'BROKER' ? '127.0.0.1' : String(broker.port);
  const watch = flow.find(({ type }) => type === 'leak-watch') as FlowNode & { wires: string[][] };
  watch.wires[0] = ['lots'];
  const func = `const n = (context.get('n') || 0) + 1; context.set('n', n); if (n % ${LOT} === 0) node.status({ text: String(n) });`;
  const lots = {
    id: 'lots',
    type: 'function',
    z: watch.z,
    x: 1,
    y: 1,
    func,
    outputs: 0,
    libs: [],
    wires: [],
  };
  return [...flow, lots];
}

async function atTheRealRate(red: NodeRed, fleet: Gateway[], broker: Mosquitto): Promise<string> {
  const clients: MqttClient[] = [];
  for (let from = 0; from < GATEWAYS; from += 50) {
    const fifty = fleet
      .slice(from, from + 50)
      .map(() => mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`));
    clients.push(...(await Promise.all(fifty)));
  }
  const begun = Date.now();
  let stop = false;
  const sending = (async () => {
    for (let round = 0; !stop; round += 1) {
      for (let k = 0; k < GATEWAYS && !stop; k += 1) {
        const due = begun + round * INTERVAL_MS + (k * INTERVAL_MS) / GATEWAYS;
        if (due > Date.now()) await pause(due - Date.now());
        clients[k]?.publish(fleet[k]?.topic ?? '', fleet[k]?.sample(Date.now(), begun) ?? '', {
          retain: true,
        });
      }
    }
  })();
  await pause(unlessQuick(20_000, 2_000)); // every gateway is known and the code is warm
  const before = await red.ask<NodeJS.CpuUsage>('cpu');
  const from = Date.now();
  await pause(REAL_S * 1_000);
  const after = await red.ask<NodeJS.CpuUsage>('cpu');
  const ms = (after.user + after.system - before.user - before.system) / 1_000;
  const percent = (100 * ms) / (Date.now() - from);
  stop = true;
  await sending;
  await Promise.all(clients.map((client) => client.endAsync(true)));
  return `${GATEWAYS} connections, one sample per ${INTERVAL_MS / 1_000} s each: **${percent.toFixed(1)} % of one core** over ${REAL_S} s.`;
}

interface Found {
  leaking: Set<number>;
  others: Set<number>;
}

async function asFastAsItGoes(red: NodeRed, fleet: Gateway[], broker: Mosquitto): Promise<string> {
  const client = await broker.client();
  const found: Found = { leaking: new Set(), others: new Set() };
  const detectedAfter: number[] = [];
  const begun = Date.now() + 3_600_000;
  client.on('message', (topic, payload) => {
    const { state, time } = JSON.parse(payload.toString()) as { state: string; time: number };
    if (state !== 'leaking') return;
    const number = Number(/gateway-(\d+)/.exec(topic)?.[1]);
    if (!LEAKS.has(number)) found.others.add(number);
    else if (!found.leaking.has(number)) {
      found.leaking.add(number);
      detectedAfter.push((time - begun) / 60_000);
    }
  });
  await client.subscribeAsync('headroom/plant-1/+/verdict', { qos: 1 });
  const heaps: number[] = [];
  const rounds = (HOURS * 3_600_000) / INTERVAL_MS;
  let sent = 0;
  const from = red.reports.length;
  const taken = Number(red.status('lots')?.text ?? 0);
  const started = Date.now();
  for (let round = 0; round < rounds; round += 1) {
    for (const gateway of fleet) {
      client.publish(gateway.topic, gateway.sample(begun + round * INTERVAL_MS, begun), { qos: 0 });
      sent += 1;
      if (sent % LOT !== 0) continue;
      const expected = taken - (taken % LOT) + sent - LOT;
      await red.until(
        (one) => one.kind === 'status' && one.id === 'lots' && Number(one.status.text) >= expected,
        60_000,
        from,
      );
      red.reports.splice(from, red.reports.length - from - 4);
    }
    if (round % Math.ceil(rounds / 6) === 0)
      heaps.push((await red.ask<{ heapUsed: number }>('memory')).heapUsed / MB);
  }
  const seconds = (Date.now() - started) / 1_000;
  await pause(2_000); // the last verdicts
  const middle = detectedAfter.sort((a, b) => a - b)[Math.floor(detectedAfter.length / 2)];
  return [
    `${HOURS} hours of all of them (${sent} samples) at ${Math.round(sent / seconds)} samples a second:`,
    '',
    table(
      ['', ''],
      [
        ['leaking gateways found', `${found.leaking.size} of ${LEAKING}`],
        ['found after, median', `${middle?.toFixed(0) ?? '–'} min`],
        ['others said to leak', String(found.others.size)],
        ['heap of the watching Node-RED along the run, MB', heaps.map((mb) => mb.toFixed(0)).join(', ')],
      ],
    ),
  ].join('\n');
}

/** Each false alarm of the detector on healthy series of all families, against the time that they last. */
function falseAlarms(): string {
  let alarms = 0;
  let hours = 0;
  for (const series of seriesOfAllFamilies(unlessQuick(40, 2), 3)) {
    if (FAMILIES[series.family]?.leak) continue;
    const detector = new LeakDetector();
    let leaking = false;
    for (const [i, time] of series.t.entries()) {
      detector.update(time, series.v[i] ?? 0, series.limit);
      if (detector.state === 'leaking' && !leaking) alarms += 1;
      leaking = detector.state === 'leaking';
    }
    hours += (series.t.at(-1) ?? 0) / 3_600_000;
  }
  const years = hours / 8_766;
  return `Healthy series of 14 families, hard ones by design: ${alarms} false alarms in ${years.toFixed(1)} gateway-years, ${(alarms / years).toFixed(2)} per gateway and year.`;
}

async function main(): Promise<void> {
  const broker = await Mosquitto.start();
  const red = await startNodeRed({
    flows: flows(broker),
    launcher: ['taskset', '-c', '1'],
    nodeArgs: ['--expose-gc'],
  });
  try {
    const fleet = Array.from({ length: GATEWAYS }, (_, number) => new Gateway(number));
    console.log(await atTheRealRate(red, fleet, broker));
    console.log(`\n${await asFastAsItGoes(red, fleet, broker)}`);
    console.log(`\n${falseAlarms()}`);
  } finally {
    await red.stop();
    await broker.stop();
  }
}

main();
