import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeMessage } from 'node-red';
import { config as ringConfig } from '../../nodes/memory-ring/config';
import memoryRing from '../../nodes/memory-ring/memory-ring';
import type { SampleObject, WindowStats } from '../../src';
import { handOver, settled } from '../support/hand-over';
import { watchHoldings } from '../support/resources';
import helper, { statuses } from '../support/test-helper';
import { KeptFlow } from './kept-flow';

type Sent = NodeMessage & { payload: unknown; topic?: string };

const ring = new KeptFlow<Sent>('memory-ring', memoryRing);

const payloadOf = <T>(msg: Sent | undefined): T => msg?.payload as T;

/** Hands a message over and gives what came of it. */
async function answer(msg: object): Promise<Sent[]> {
  const before = ring.sent.length;
  await handOver(ring.node, msg);
  await settled();
  return ring.sent.slice(before);
}

async function push(topic: string, times: number, from = 0): Promise<void> {
  for (let i = from; i < from + times; i += 1)
    await handOver(ring.node, { topic, payload: { time: 1000 * i, value: i } });
}

const windowOf = async (topic: string): Promise<unknown> =>
  (await answer({ topic, control: 'get', emit: 'window', format: 'rows' }))[0]?.payload;

describe('memory-ring', () => {
  afterEach(() => helper.unload());

  it('sends the window of its key after each message, oldest first, other properties passed on', async () => {
    await ring.load({ capacity: 3 });
    await push('a', 4);
    await push('b', 1, 70);
    await settled();
    assert.deepEqual(ring.sent[3]?.payload, [
      { time: 1000, value: 1 },
      { time: 2000, value: 2 },
      { time: 3000, value: 3 },
    ]);
    assert.deepEqual(ring.sent[4]?.payload, [{ time: 70_000, value: 70 }]);
    const [last] = await answer({ topic: 'b', payload: 5, extra: 'kept' });
    assert.equal((last as Sent & { extra: string }).extra, 'kept');
    assert.equal(payloadOf<SampleObject[]>(last)[1]?.value, 5);
  });

  it('sends figures of several columns', async () => {
    await ring.load({ capacity: 10, fields: ['temp', 'room.hum'], emit: 'stats', quantiles: '0.5' });
    for (const [temp, hum] of [
      [20, 50],
      [22, 51],
      [27, '52'],
    ] as const)
      await handOver(ring.node, { topic: 'a', payload: { temp, room: { hum }, extra: 'x', time: temp } });
    await settled();
    const { key, count, from, to, fields } = payloadOf<WindowStats & { key: string }>(ring.sent[2]);
    assert.deepEqual([key, count, from, to], ['a', 3, 20, 27]);
    const { stddev, variance, ...temp } = fields.temp ?? {};
    assert.deepEqual(temp, {
      count: 3,
      sum: 69,
      mean: 23,
      min: 20,
      max: 27,
      last: 27,
      quantiles: { '0.5': 22 },
    });
    assert.ok(Math.abs((variance ?? 0) - 26 / 3) < 1e-12 && Math.abs((stddev ?? 0) ** 2 - 26 / 3) < 1e-12);
    assert.equal(fields['room.hum']?.mean, 51);
  });

  it('sends nothing by itself when told so, and answers get with all or a part', async () => {
    await ring.load({ emit: 'none' });
    await push('a', 10);
    await settled();
    assert.equal(ring.sent.length, 0);
    const valuesOf = (messages: Sent[]): unknown[] =>
      payloadOf<SampleObject[]>(messages[0]).map(({ value }) => value);
    assert.equal(valuesOf(await answer({ control: 'get', topic: 'a' })).length, 10);
    assert.deepEqual(valuesOf(await answer({ control: 'get', topic: 'a', last: 2 })), [8, 9]);
    assert.deepEqual(valuesOf(await answer({ control: 'get', topic: 'a', from: 3000, to: '4000' })), [3, 4]);
    const [stats] = await answer({ control: 'get', topic: 'a', emit: 'stats', last: 2 });
    assert.equal(payloadOf<WindowStats>(stats).fields.value?.mean, 8.5);
    assert.deepEqual(valuesOf(await answer({ control: 'get', topic: 'nobody' })), []);
    assert.equal('control' in (stats as object), false, 'the answer commands nobody');
  });

  it('answers get without a key with one message per key, as parts of one list', async () => {
    await ring.load({ emit: 'stats' });
    for (const key of ['a', 'b', '__proto__']) await push(key, 2);
    await settled();
    const answers = await answer({ control: 'get', topic: '' });
    assert.deepEqual(
      answers.map(({ topic, payload }) => [topic, (payload as WindowStats).count]),
      [
        ['a', 2],
        ['b', 2],
        ['__proto__', 2],
      ],
    );
    const parts = answers.map(
      (msg) => (msg as Sent & { parts: { id: string; index: number; count: number } }).parts,
    );
    assert.deepEqual(
      parts.map(({ index, count }) => [index, count]),
      [
        [0, 3],
        [1, 3],
        [2, 3],
      ],
    );
    assert.equal(new Set(parts.map(({ id }) => id)).size, 1);
  });

  it('makes one chart of all keys in the shape of either dashboard, thinned out', async () => {
    await ring.load({ emit: 'none', downsample: 5 });
    for (const key of ['a', 'b']) await push(key, 50);
    const [core] = await answer({ control: 'get', format: 'chart' });
    const [chart] =
      payloadOf<
        {
          series: string[];
          labels: string[];
          data: { x: number; y: number }[][];
        }[]
      >(core);
    assert.deepEqual([chart?.series, chart?.labels], [['a', 'b'], ['']]);
    assert.deepEqual(
      chart?.data.map((line) => [line.length, line[0], line[4]]),
      Array(2).fill([5, { x: 0, y: 0 }, { x: 49_000, y: 49 }]),
    );
    const [flowfuse] = await answer({ control: 'get', format: 'dashboard2' });
    const points = payloadOf<object[]>(flowfuse);
    assert.deepEqual(
      [points.length, points[0], points[9]],
      [10, { series: 'a', x: 0, y: 0 }, { series: 'b', x: 49_000, y: 49 }],
    );
    assert.equal((flowfuse as Sent & { action: string }).action, 'replace');
  });

  it('sends columns, with null for gaps', async () => {
    await ring.load({ format: 'columns', fields: 'a, b', missing: 'gap' });
    await handOver(ring.node, { payload: { time: 1, a: 1 } });
    await handOver(ring.node, { payload: { time: 2, a: Number.NaN, b: 2 } });
    await settled();
    assert.deepEqual(ring.sent[1]?.payload, { time: [1, 2], a: [1, null], b: [null, 2] });
  });

  it('takes a list of samples at once, or none of them', async () => {
    await ring.load({ emit: 'none' });
    await handOver(ring.node, {
      payload: [{ time: 1, value: 1 }, { time: '1970-01-01T00:00:00.002Z', value: '2' }, 3],
    });
    assert.equal(((await windowOf('')) as SampleObject[])[1]?.time, 2);
    await assert.rejects(
      handOver(ring.node, { payload: [{ time: 4, value: 4 }, { value: 'warm' }] }),
      /value: msg\.payload\[1\]\.value is "warm", expected a finite number/,
    );
    assert.equal(((await windowOf('')) as unknown[]).length, 3);
  });

  for (const [what, msg, reason] of [
    ['no payload', {}, /value: msg\.payload is undefined, expected a finite number/],
    ['a missing field', { payload: { other: 1 } }, /value: msg\.payload\.value is undefined/],
    ['NaN', { payload: Number.NaN }, /value: msg\.payload is NaN/],
    ['Infinity', { payload: { value: Number.POSITIVE_INFINITY } }, /value: msg\.payload\.value is Infinity/],
    [
      'a BigInt too great for a double',
      { payload: 2n ** 60n },
      /value: msg\.payload is 1152921504606846976n/,
    ],
    ['a boolean', { payload: true }, /value: msg\.payload is true/],
    ['a Buffer', { payload: Buffer.from('x') }, /value: msg\.payload is an object/],
    [
      'a time that is none',
      { payload: { value: 1, time: 'noon' } },
      /time: msg\.payload\.time is "noon", expected mill/,
    ],
    [
      'a key that is an object',
      { topic: {}, payload: 1 },
      /key: msg\.topic is an object, expected a text or number/,
    ],
    [
      'a key that is too long',
      { topic: 'x'.repeat(501), payload: 1 },
      /key: msg\.topic is .* of 501 characters/,
    ],
    [
      'an unknown command',
      { control: 'explode' },
      /control: explode is not valid, expected one of get, reset, del/,
    ],
    ['delete without a key', { control: 'delete' }, /control: delete is not valid without a key/],
    [
      'a part that is none',
      { control: 'get', topic: 'a', last: -1 },
      /last: msg\.last is -1, expected a number of/,
    ],
    [
      'a shape that is none',
      { control: 'get', emit: 'all' },
      /emit: msg\.emit is "all", expected one of window/,
    ],
  ] as const) {
    it(`refuses ${what} by name, and keeps nothing of it`, async () => {
      await ring.load({ emit: 'none' });
      await assert.rejects(handOver(ring.node, msg), reason);
      assert.deepEqual(await answer({ control: 'get' }), []);
    });
  }

  it('refuses a sample of which all columns are missing, where gaps are taken too', async () => {
    await ring.load({ missing: 'gap' });
    await assert.rejects(
      handOver(ring.node, { payload: { other: 1 } }),
      /fields: msg\.payload has none of value/,
    );
  });

  it('keeps samples in the order in which they came, when times are equal or a clock is set back', async () => {
    await ring.load({ emit: 'none' });
    for (const time of [5, 5, 3, 9]) await handOver(ring.node, { payload: { time, value: time } });
    assert.deepEqual(
      ((await windowOf('')) as SampleObject[]).map(({ time }) => time),
      [5, 5, 3, 9],
    );
  });

  it('lets samples expire against the last of their key', async () => {
    await ring.load({ maxAgeMs: '2 s' });
    await push('a', 5);
    await settled();
    assert.deepEqual(
      payloadOf<SampleObject[]>(ring.sent[4]).map(({ value }) => value),
      [2, 3, 4],
    );
  });

  it('sends keys that had to go to output 2, counts them, and warns once', async () => {
    await ring.load({ maxKeys: 2, emit: 'none' });
    for (const key of ['a', 'b', 'c', 'd']) await push(key, 2);
    await settled();
    assert.deepEqual(
      ring.gone.map(({ topic, payload }) => {
        const { reason, evicted, count } = payload as WindowStats & { reason: string; evicted: number };
        return [topic, reason, evicted, count];
      }),
      [
        ['a', 'evicted', 1, 2],
        ['b', 'evicted', 2, 2],
      ],
    );
    const warnings = helper.log().args.filter(([entry]) => entry.level === 30 && entry.id === ring.id);
    assert.equal(warnings.length, 1);
  });

  it('forgets one key or all on command', async () => {
    await ring.load({ emit: 'none' });
    for (const key of ['a', 'b', 'c']) await push(key, 2);
    await handOver(ring.node, { control: 'delete', topic: 'a' });
    await handOver(ring.node, { control: 'reset', topic: 'b' });
    assert.deepEqual(
      (await answer({ control: 'get' })).map(({ topic }) => topic),
      ['c'],
    );
    await handOver(ring.node, { control: 'reset' });
    assert.deepEqual(await answer({ control: 'get' }), []);
  });

  it('keeps its content over a deploy: what fits a new capacity, and columns of the same name', async () => {
    await ring.load({ capacity: 10, fields: ['value'] });
    await push('a', 8);
    await ring.redeploy({ capacity: 3, fields: ['value'] });
    assert.deepEqual(
      ((await windowOf('a')) as SampleObject[]).map(({ value }) => value),
      [5, 6, 7],
    );
    await ring.redeploy({ capacity: 20, fields: ['other', 'value'] });
    assert.deepEqual(((await windowOf('a')) as SampleObject[])[0], { time: 5000, other: null, value: 5 });
  });

  it('shows keys, samples and bytes, and what is wrong with its config', async () => {
    await ring.load();
    await push('a', 3);
    assert.match(
      statuses(ring.node)
        .map(({ text }) => text)
        .join(),
      /0 keys · 0 samples · 0 B/,
    );
    await helper.unload();
    await ring.load({ capacity: 'many' });
    assert.match(
      String(statuses(ring.node).at(-1)?.text),
      /capacity: "many" is not valid, expected a whole number/,
    );
    await assert.rejects(handOver(ring.node, { payload: 1 }), /capacity: "many"/);
  });

  it('refuses fields that reach into prototypes, and bounds that one full key breaks', () => {
    const problems = (raw: object): string[] =>
      ringConfig.parse({ ...raw }).problems.map(({ field, expected }) => `${field}: ${expected}`);
    for (const fields of ['__proto__', 'a.constructor.b', 'a b', [5], '', ['time']])
      assert.equal(problems({ fields }).length, 1, String(fields));
    assert.deepEqual(problems({ capacity: 1e6, maxBytes: '1 MB' }), [
      'maxBytes: at least 16000000, for one key that is full',
    ]);
  });

  describe('with a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'headroom-ring-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    /** Node-RED has ended: nothing is left in memory. */
    async function restart(config: object): Promise<void> {
      await helper.unload();
      await ring.load(config);
    }

    it('restores its content at the next start, before the first message counts', async () => {
      const config = { folder, persist: 'a.ring', emit: 'none', capacity: 5 };
      await ring.load(config);
      await push('a', 8);
      await push('b', 1);
      await restart(config);
      const [, first] = await Promise.all([push('a', 1, 8), windowOf('a')]);
      assert.deepEqual(
        (first as SampleObject[]).map(({ value }) => value),
        [4, 5, 6, 7, 8],
      );
      assert.equal(((await windowOf('b')) as unknown[]).length, 1);
      assert.deepEqual(readdirSync(folder), ['a.ring']);
    });

    it('sets a damaged file aside, tells, and begins anew', async () => {
      const config = { folder, persist: 'a.ring', emit: 'none' };
      writeFileSync(join(folder, 'a.ring'), 'no ring');
      await ring.load(config);
      await push('a', 2);
      assert.equal(((await windowOf('a')) as unknown[]).length, 2);
      assert.equal(readFileSync(join(folder, 'a.ring.bad'), 'utf8'), 'no ring');
      assert.ok(helper.log().args.some(([{ msg }]) => /a\.ring cannot be restored/.test(String(msg))));
      while (
        !statuses(ring.node).some(({ fill, text }) => fill === 'yellow' && /file error/.test(String(text)))
      )
        await once(ring.node, 'call:status');
    });

    it('is told once that its file is outside the folder, and goes on in memory', async () => {
      await ring.load({ folder, persist: '../outside.ring', emit: 'none' });
      await push('a', 2);
      assert.equal(((await windowOf('a')) as unknown[]).length, 2);
      const told = helper.log().args.filter(([{ msg }]) => /expected a file inside/.test(String(msg)));
      assert.equal(told.length, 1);
    });
  });

  it('leaves nothing behind after twenty deploys', async () => {
    const holdings = watchHoldings();
    const folder = mkdtempSync(join(tmpdir(), 'headroom-ring-'));
    try {
      await ring.load({ persist: 'a.ring', folder });
      await helper.unload();
      const before = await holdings.count();
      for (let i = 0; i < 20; i += 1) {
        await ring.restart({ persist: 'a.ring', folder });
        await push('a', 1, i);
        await helper.unload();
      }
      assert.deepEqual(await holdings.count(), before);
      assert.deepEqual(readdirSync(folder), ['a.ring']);
    } finally {
      holdings.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
