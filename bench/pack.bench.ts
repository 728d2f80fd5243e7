/** Bytes and speeds of a million records as objects, as text, and packed, beside JSON, MessagePack and Arrow. */
import { tableFromIPC } from 'apache-arrow';
import { Packr, Unpackr } from 'msgpackr';
import {
  type PackOptions,
  packColumns,
  RecordBatch,
  type RecordSchemaLike,
  readPacket,
  toArrow,
  toObjects,
} from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { heldBytes } from './support/held-bytes';
import { figure, type Measured, over, sideBySide, summarise, told } from './support/measure';
import { unlessQuick } from './support/quick';

const COUNT = unlessQuick(1_000_000, 20_000);
/** Ways are timed on fewer, so that a round is short; their cost is in proportion. */
const TIMED = unlessQuick(100_000, 5_000);

interface Sample {
  ts: number;
  id: string;
  value: number;
  ok: boolean;
}

/** A generator of its own: the same records in every run. */
let state = 1;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

/** 200 sensors, a reading every 100 ms, temperatures that wander, of two digits. */
function samples(count: number): Sample[] {
  const values = Array.from({ length: 200 }, () => 15 + 10 * random());
  return Array.from({ length: count }, (_each, n) => {
    const sensor = n % 200;
    const value = (values[sensor] as number) + (random() - 0.5) / 5;
    values[sensor] = value;
    return {
      ts: 1_790_000_000_000 + 100 * n + Math.floor(3 * random()),
      id: `sensor-${sensor}`,
      value: Math.round(100 * value) / 100,
      ok: n % 97 > 0,
    };
  });
}

const WIDE = [
  { name: 'ts', type: 'f64' },
  { name: 'id', type: 'string' },
  { name: 'value', type: 'f64' },
  { name: 'ok', type: 'bool' },
] as const;
const FITTED = [
  { name: 'ts', type: 'time' },
  { name: 'id', type: 'string' },
  { name: 'value', type: 'f32' },
  { name: 'ok', type: 'bool' },
] as const;

function batchOf(records: readonly Sample[], schema: RecordSchemaLike): RecordBatch {
  const batch = new RecordBatch(schema);
  batch.addAll(records);
  return batch;
}

interface Way {
  encode: (records: readonly Sample[]) => Uint8Array | string | Promise<Uint8Array>;
  decode: (bytes: never) => unknown;
}

function packed(schema: RecordSchemaLike, options: PackOptions): Way {
  return {
    encode: (records) => packColumns(batchOf(records, schema), options),
    decode: (bytes: Buffer) => toObjects(readPacket(bytes)),
  };
}

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const shared = new Packr({ useRecords: true, structures: [] });

const WAYS: Record<string, Way> = {
  JSON: { encode: (records) => JSON.stringify(records), decode: (text: string) => JSON.parse(text) },
  'MessagePack (msgpackr)': {
    encode: (records) => packr.pack(records),
    decode: (bytes: Buffer) => unpackr.unpack(bytes),
  },
  'msgpackr with records': {
    encode: (records) => shared.pack(records),
    decode: (bytes: Buffer) => shared.unpack(bytes),
  },
  'Apache Arrow': {
    encode: (records) => toArrow(batchOf(records, WIDE)),
    decode: (bytes: Buffer) =>
      tableFromIPC(bytes)
        .toArray()
        .map((row) => row?.toJSON()),
  },
  'rows, f64': packed(WIDE, { layout: 'rows' }),
  'columns, f64': packed(WIDE, {}),
  'columns, fitted types': packed(FITTED, {}),
  'columns, f64, compressed': packed(WIDE, { compression: 'auto' }),
  'columns, fitted types, compressed': packed(FITTED, { compression: 'auto' }),
};

/** What the summary compares: the columns that memory-pack makes without options, with those that lose nothing. */
const OURS = 'columns, f64';
const PEERS = ['JSON', 'MessagePack (msgpackr)', 'msgpackr with records', 'Apache Arrow'];

async function sizes(): Promise<void> {
  const records = samples(COUNT);
  const text = JSON.stringify(records);
  const rows = [
    ['array of objects, as literals', figure(heldBytes(() => samples(COUNT)) / COUNT)],
    ['array of objects, from JSON', figure(heldBytes(() => JSON.parse(text)) / COUNT)],
    ['batch of columns, f64', figure(heldBytes(() => batchOf(records, WIDE)) / COUNT)],
    ['batch of columns, fitted types', figure(heldBytes(() => batchOf(records, FITTED)) / COUNT)],
  ];
  console.log(`${COUNT.toLocaleString('en-US')} records {ts, id of 200, value, ok}, held in memory:\n`);
  console.log(table(['', 'bytes each'], rows));
  const packets: string[][] = [];
  const lengths = new Map<string, number>();
  for (const [name, { encode }] of Object.entries(WAYS)) {
    const bytes = await encode(records);
    const length = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
    packets.push([name, figure(length / COUNT)]);
    lengths.set(name, length / COUNT);
  }
  for (const peer of PEERS) {
    const ratio = summarise([(lengths.get(OURS) ?? Number.NaN) / (lengths.get(peer) ?? Number.NaN)]);
    printAgainst({ nodes: 'memory-pack', peer, of: 'bytes of a record as a message', ratio });
  }
  console.log('\nThe same as one message:\n');
  console.log(table(['', 'bytes each'], packets));
}

const megaPerSecond = ({ rounds }: Measured): string => told(summarise(rounds.map((cost) => TIMED / cost)));

async function speeds(): Promise<void> {
  const records = samples(TIMED);
  const rows: string[][] = [];
  const inputs: Record<string, unknown> = {};
  for (const [name, { encode }] of Object.entries(WAYS)) inputs[name] = await encode(records);
  const encoded = await sideBySide(
    Object.fromEntries(Object.entries(WAYS).map(([name, { encode }]) => [name, () => encode(records)])),
    2,
  );
  const decoded = await sideBySide(
    Object.fromEntries(
      Object.entries(WAYS).map(([name, { decode }]) => [name, () => decode(inputs[name] as never)]),
    ),
    2,
  );
  const encode = (name: string): Measured => encoded[name] as Measured;
  const decode = (name: string): Measured => decoded[name] as Measured;
  for (const name of Object.keys(WAYS)) {
    rows.push([
      name,
      megaPerSecond(encode(name)),
      megaPerSecond(decode(name)),
      told(over(encode('JSON'), encode(name))),
      told(over(decode('JSON'), decode(name))),
    ]);
  }
  for (const peer of PEERS) {
    const against = { nodes: 'memory-pack', peer };
    printAgainst({ ...against, of: 'CPU from objects', ratio: over(encode(OURS), encode(peer)) });
    printAgainst({ ...against, of: 'CPU back to objects', ratio: over(decode(OURS), decode(peer)) });
  }
  console.log('\nFrom objects and back to objects, million records a second of CPU time:\n');
  console.log(table(['', 'encode', 'decode', 'encode: JSON = 1', 'decode: JSON = 1'], rows));

  const batch = batchOf(records, WIDE);
  const wide = packColumns(batch);
  const small = packColumns(batch, { compression: 'auto' });
  const { columns } = readPacket(wide);
  const values = columns[2]?.values as Float64Array;
  const steps = await sideBySide(
    {
      'build a batch from objects': () => batchOf(records, WIDE),
      'columns to packet': () => packColumns(batch),
      'columns to packet, compressed': () => packColumns(batch, { compression: 'auto' }),
      'packet to columns': () => readPacket(wide),
      'packet to columns, compressed': () => readPacket(small),
      'scan a column: the sum of values': () => values.reduce((sum, value) => sum + value, 0),
      'scan objects: the sum of values': () => records.reduce((sum, { value }) => sum + value, 0),
    },
    4,
  );
  console.log('\nStep by step, million records a second:\n');
  console.log(
    table(
      ['', ''],
      Object.entries(steps).map(([name, cost]) => [name, megaPerSecond(cost)]),
    ),
  );
}

/** Time and value of one sensor, as in a history: 16 bytes a sample as two doubles. */
function series(): void {
  const N = TIMED;
  let wander = 20;
  const walk = (step: number): number => {
    wander += (random() - 0.5) * step;
    return wander;
  };
  const kinds: Record<string, (n: number) => number> = {
    'on and off': (n) => Number(Math.floor(n / 500) % 2 === 0),
    'counter (whole numbers)': (n) => 3 * n + Math.floor(2 * random()),
    'noisy whole numbers': () => Math.round(500 + 100 * random()),
    'temperature, one digit': () => Math.round(10 * walk(0.2)) / 10,
    'temperature, two digits': () => Math.round(100 * walk(0.2)) / 100,
    'power, three digits, noisy': (n) =>
      Math.round(1_000 * (1_500 + 800 * Math.sin(n / 300) + 40 * random())) / 1_000,
    'temperature in 32-bit floats': () => Math.fround(walk(0.2)),
    'full precision': () => walk(0.2),
  };
  const rows = Object.entries(kinds).map(([name, valueAt]) => {
    const type = name.includes('32-bit') ? 'f32' : 'f64';
    const sizes = [1_000, 1_003].map((clock) => {
      const batch = new RecordBatch([
        { name: 'ts', type: 'time' },
        { name: 'value', type },
      ]);
      for (let n = 0; n < N; n += 1) {
        const jitter = clock === 1_000 ? 0 : Math.floor(7 * random());
        batch.add({ ts: 1_790_000_000_000 + 1_000 * n + jitter, value: valueAt(n) });
      }
      return figure(packColumns(batch, { compression: 'auto' }).length / N);
    });
    return [name, ...sizes];
  });
  console.log('\nTypical series of one sensor, (time, value), compressed, bytes a sample:\n');
  console.log(table(['values', 'regular clock', 'clock with 7 ms of jitter'], rows));
}

async function main(): Promise<void> {
  await sizes();
  await speeds();
  series();
}

main();
