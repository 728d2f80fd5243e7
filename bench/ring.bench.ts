/**
 * A window of 100,000 samples of (time, value) in a ring, beside an array of objects as flows keep it in a context,
 * mnemonist's CircularBuffer and denque: memory, pushes when full, and reads of the whole window. Then what the ring
 * does beyond them: figures, quantiles, LTTB.
 */
import Denque from 'denque';
import CircularBuffer from 'mnemonist/circular-buffer.js';
import { lttb, quantile, Ring } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { heldBytes } from './support/held-bytes';
import { figure, type Measured, over, scaled, sideBySide, summarise, told } from './support/measure';
import { writePlot } from './support/plot';

const CAPACITY = 100_000;
const T0 = 1_700_000_000_000;
const valueAt = (i: number): number => 20 + Math.sin(i / 1000) + ((i * 7919) % 1000) / 1000;

interface Sample {
  time: number;
  value: number;
}

/** A window of samples that is pushed to and read through. */
interface Window {
  push(i: number): void;
  /** Goes over all samples, oldest first. */
  read(): number;
}

function ours(): Window & { ring: Ring } {
  const ring = new Ring({ capacity: CAPACITY, fields: ['value'] });
  const values = new Float64Array(1);
  return {
    ring,
    push(i) {
      values[0] = valueAt(i);
      ring.push(T0 + i, values);
    },
    read() {
      let sum = 0;
      const view = ring.all();
      const times = view.parts('time');
      for (const [at, part] of view.parts('value').entries()) {
        const time = times[at] as Float64Array;
        for (let i = 0; i < part.length; i++) sum += (part[i] as number) + (time[i] as number);
      }
      return sum;
    },
  };
}

function arrayOfObjects(): Window {
  const samples: Sample[] = [];
  return {
    push(i) {
      samples.push({ time: T0 + i, value: valueAt(i) });
      if (samples.length > CAPACITY) samples.shift();
    },
    read: () => samples.reduce((sum, { time, value }) => sum + time + value, 0),
  };
}

function mnemonistObjects(): Window {
  const buffer = new CircularBuffer<Sample>(Array, CAPACITY);
  return {
    push: (i) => buffer.push({ time: T0 + i, value: valueAt(i) }),
    read() {
      let sum = 0;
      buffer.forEach(({ time, value }) => {
        sum += time + value;
      });
      return sum;
    },
  };
}

/** Two buffers of numbers: what one would do by hand. */
function mnemonistNumbers(): Window {
  const times = new CircularBuffer<number>(Float64Array, CAPACITY);
  const values = new CircularBuffer<number>(Float64Array, CAPACITY);
  return {
    push(i) {
      times.push(T0 + i);
      values.push(valueAt(i));
    },
    read() {
      let sum = 0;
      const add = (number: number): void => {
        sum += number;
      };
      times.forEach(add);
      values.forEach(add);
      return sum;
    },
  };
}

function denqueObjects(): Window {
  const samples = new Denque<Sample>();
  return {
    push(i) {
      samples.push({ time: T0 + i, value: valueAt(i) });
      if (samples.length > CAPACITY) samples.shift();
    },
    read() {
      let sum = 0;
      for (let i = 0; i < samples.length; i++) {
        const { time, value } = samples.peekAt(i) as Sample;
        sum += time + value;
      }
      return sum;
    },
  };
}

const KINDS = {
  ring: ours,
  'array of objects, push and shift': arrayOfObjects,
  'mnemonist CircularBuffer of objects': mnemonistObjects,
  'two mnemonist CircularBuffers of numbers, no figures': mnemonistNumbers,
  'denque of objects': denqueObjects,
} satisfies Record<string, () => Window>;
type Kind = keyof typeof KINDS;

const PUSHES = 20_000;
/** An array of this length moves all its samples at each shift: a few of them say enough. */
const FEW_PUSHES = 200;

function filled<W extends Window>(make: () => W, samples = CAPACITY): W {
  const window = make();
  for (let i = 0; i < samples; i++) window.push(i);
  return window;
}

/** Samples that have come; the last beyond what the window keeps. */
const COME = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 120_000];

/** What a window takes while it fills. */
function memory(): string {
  return writePlot('ring-memory', {
    title: `Memory of a window of ${CAPACITY.toLocaleString('en')} samples`,
    x: { label: 'samples that have come', log: true },
    y: { label: 'KB', log: true },
    series: Object.entries(KINDS).map(([name, make]) => ({
      name: name.split(',')[0] as string,
      points: COME.map((samples) => [samples, heldBytes(() => filled<Window>(make, samples)) / 1e3]),
      marks: true,
    })),
  });
}

async function compare(): Promise<void> {
  const names = Object.keys(KINDS) as Kind[];
  const bytes = Object.fromEntries(
    names.map((name) => [name, heldBytes(() => filled(KINDS[name])) / CAPACITY]),
  );
  const windows = Object.fromEntries(names.map((name) => [name, filled(KINDS[name])])) as Record<
    Kind,
    Window
  >;
  let next = CAPACITY;
  const pushes = (name: Kind): number => (name.startsWith('array') ? FEW_PUSHES : PUSHES);
  const calls = (run: (name: Kind) => unknown): Record<Kind, () => unknown> =>
    Object.fromEntries(names.map((name) => [name, () => run(name)])) as Record<Kind, () => unknown>;
  const pushed = await sideBySide(
    calls((name) => {
      const window = windows[name];
      for (let i = 0; i < pushes(name); i++) window.push(next + i);
      next += 1;
    }),
    5,
  );
  const read = await sideBySide(
    calls((name) => windows[name].read()),
    5,
  );
  const pushNs = (name: Kind): Measured => scaled(pushed[name], 1000 / pushes(name));
  const sampleBytes = (name: Kind): number => bytes[name] ?? Number.NaN;
  console.log(
    table(
      ['window of 100,000', 'bytes a sample', 'push ns', '÷ ring', 'read all µs', '÷ ring'],
      names.map((name) => [
        name,
        figure(sampleBytes(name)),
        told(pushNs(name)),
        told(over(pushNs(name), pushNs('ring'))),
        told(read[name]),
        told(over(read[name], read.ring)),
      ]),
    ),
  );
  console.log(`\n${memory()}\n`);
  for (const peer of names.filter((name) => name !== 'ring')) {
    const against = { nodes: 'memory-ring', peer };
    const ratio = summarise([sampleBytes('ring') / sampleBytes(peer)]);
    printAgainst({ ...against, of: 'bytes of a sample', ratio });
    printAgainst({ ...against, of: 'CPU of a push', ratio: over(pushNs('ring'), pushNs(peer)) });
    printAgainst({ ...against, of: 'CPU of reading the window', ratio: over(read.ring, read[peer]) });
  }
}

async function beyond(): Promise<void> {
  const { ring } = filled(ours);
  const view = ring.all();
  const array = Array.from(view.column('value'));
  const share = 0.95;
  const costs = await sideBySide(
    {
      figures: () => ring.moments('value'),
      recomputed() {
        const mean = array.reduce((sum, value) => sum + value, 0) / array.length;
        const squares = array.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        for (const value of array) {
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
        return { mean, squares, min, max };
      },
      quantile: () => quantile(view.parts('value'), CAPACITY, share),
      sorted: () => Float64Array.from(array).sort()[Math.floor(share * CAPACITY)],
      lttb: () => lttb(CAPACITY, view.reader('time'), view.reader('value'), 500),
      last: () => ring.last(1000).parts('value'),
      between: () => ring.between(T0 + 50_000, T0 + 60_000).parts('value'),
    },
    20,
  );
  const us = (name: keyof typeof costs): string => told(costs[name]);
  const ratio = (ours: keyof typeof costs, peer: keyof typeof costs): string =>
    told(over(costs[ours], costs[peer]));
  console.log('\nWhat is asked of the full window:\n');
  console.log(
    table(
      ['', 'µs', 'otherwise', 'µs', 'ratio'],
      [
        [
          'count, sum, mean, min, max, variance',
          us('figures'),
          'computed anew from an array',
          us('recomputed'),
          ratio('figures', 'recomputed'),
        ],
        ['an exact quantile', us('quantile'), 'a sorted copy', us('sorted'), ratio('quantile', 'sorted')],
        ['LTTB to 500 points', us('lttb'), '', '', ''],
        ['the last 1000, without a copy', us('last'), '', '', ''],
        ['10,000 by time, without a copy', us('between'), '', '', ''],
      ],
    ),
  );
  const idle = heldBytes(() =>
    Array.from({ length: 1000 }, () => new Ring({ capacity: CAPACITY, fields: ['value'] })),
  );
  console.log(`\nA ring of capacity 100,000 that has no samples yet takes ${figure(idle / 1000)} bytes.`);
}

compare().then(beyond);
