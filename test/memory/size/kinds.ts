/** A kind of message as flows carry them, made `copies` times to see what one takes. */
export interface Kind {
  name: string;
  copies: number;
  /** The i-th copy, sharing nothing with the others that a real message would not share. */
  make(i: number): unknown;
}

class Reading {
  at = new Date();
  quality = 0.5;
  constructor(
    readonly device: string,
    readonly value: number,
  ) {}
}

interface Node {
  name: string;
  parent: Node | null;
  children: Node[];
}

function tree(i: number): Node {
  const root: Node = { name: `site number ${i}`, parent: null, children: [] };
  const leaf = (n: number): Node => ({ name: `device number ${n} of ${i}`, parent: root, children: [] });
  root.children = [leaf(0), leaf(1), leaf(2)];
  return root;
}

/** Unlike a template, this is one flat string on the heap, as it comes off a wire. */
function text(wire: string): string {
  return Buffer.from(wire).toString();
}

function parsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function range(length: number): number[] {
  return Array.from({ length }, (_, n) => n);
}

export const KINDS: Kind[] = [
  {
    name: 'number message',
    copies: 100_000,
    make: (i) => ({ topic: text(`plant/line1/t${i}`), payload: i + 0.5 }),
  },
  {
    name: 'flat JSON reading',
    copies: 100_000,
    make: (i) => parsed({ id: `sensor-${i}-kitchen`, t: 21.5 + i, h: 40, ok: true, unit: 'celsius' }),
  },
  {
    name: 'nested JSON document',
    copies: 40_000,
    make: (i) =>
      parsed({
        header: {
          id: i,
          source: { name: `gateway ${i} in the hall`, ip: '192.168.178.20' },
          tags: ['a', 'bb', 'ccc'],
        },
        body: {
          values: [
            { k: 'temp', v: 1.5 },
            { k: 'hum', v: 40 },
          ],
          comment: null,
          limits: { lo: -1.5, hi: 99 },
        },
      }),
  },
  { name: 'array of whole numbers', copies: 10_000, make: (i) => parsed(range(200).map((n) => n + i)) },
  { name: 'array of doubles', copies: 10_000, make: (i) => parsed(range(200).map((n) => n + i + 0.25)) },
  {
    name: 'array of records',
    copies: 3_000,
    make: (i) =>
      parsed(
        range(50).map((n) => ({ ts: 1.7e12 + i, tag: `ns=2;s=Line${n}.Temp`, value: n / 3, good: true })),
      ),
  },
  {
    name: 'mixed array',
    copies: 40_000,
    make: (i) => parsed([i, i + 0.5, null, 'status', `number ${i} of many`, [1, 2]]),
  },
  {
    name: 'list of short names',
    copies: 10_000,
    make: (i) => parsed(range(40).map((n) => `s${n * 40_000 + i}`)),
  },
  { name: 'long text', copies: 5_000, make: (i) => text(`${i};21.5;40;ok\n`.repeat(200)) },
  { name: 'text beyond Latin-1', copies: 10_000, make: (i) => text(`${i} Grüße aus Łódź 🌡 `.repeat(20)) },
  { name: 'Buffer', copies: 10_000, make: (i) => ({ topic: 'raw', payload: Buffer.alloc(4096, i) }) },
  {
    name: 'views of one ArrayBuffer',
    copies: 5_000,
    make: () => {
      const frame = Buffer.alloc(16_384);
      return [frame, frame.subarray(0, 64), frame.subarray(64), new DataView(frame.buffer)];
    },
  },
  { name: 'typed array', copies: 10_000, make: (i) => ({ samples: new Float64Array(256).fill(i) }) },
  {
    name: 'Map',
    copies: 10_000,
    make: (i) => new Map(range(30).map((n) => [n, { last: n + i, seen: i + 0.5 }])),
  },
  { name: 'Set', copies: 10_000, make: (i) => new Set(range(50).map((n) => n + i)) },
  {
    name: 'class instances with dates',
    copies: 40_000,
    make: (i) => [new Reading(text(`boiler ${i} supply`), i + 0.5)],
  },
  { name: 'tree with links to the parent', copies: 10_000, make: tree },
  {
    name: 'object built from computed keys',
    copies: 5_000,
    make: (i) => {
      const byTag: Record<string, number> = {};
      for (let n = 0; n < 60; n += 1) byTag[`tag ${(n * 7 + i) % 100}`] = n;
      return byTag;
    },
  },
  {
    name: 'table of 200 keys from JSON',
    copies: 3_000,
    make: (i) => parsed(Object.fromEntries(range(200).map((n) => [`register ${n}`, n + i]))),
  },
];
