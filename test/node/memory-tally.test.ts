import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeMessage } from 'node-red';
import * as form from '../../nodes/memory-tally/config';
import memoryTally from '../../nodes/memory-tally/memory-tally';
import { EVICTIONS, OPERATIONS } from '../../src';
import { handOver, settled } from '../support/hand-over';
import { watchHoldings } from '../support/resources';
import helper, { statuses } from '../support/test-helper';
import { KeptFlow } from './kept-flow';

type Sent = NodeMessage & { topic: string; evicted?: number };

const tally = new KeptFlow<Sent>('memory-tally', memoryTally);

async function add(...messages: [topic: unknown, payload?: unknown][]): Promise<void> {
  for (const [topic, payload] of messages) await handOver(tally.node, { topic, payload });
  await settled();
}

/** What a command is answered with; undefined when there is no answer. */
async function ask(control: string, topic = ''): Promise<unknown> {
  const before = tally.sent.length;
  await handOver(tally.node, { control, topic });
  await settled();
  return tally.sent[before]?.payload;
}

describe('memory-tally', () => {
  afterEach(() => helper.unload());

  it('offers in its form what the engine can', () => {
    assert.deepEqual(form.OPERATIONS, OPERATIONS);
    assert.deepEqual(form.EVICTIONS, EVICTIONS);
  });

  it('counts messages by key, and sends the count of each', async () => {
    await tally.load();
    await add(['a'], ['b'], ['a'], ['__proto__'], ['constructor'], [undefined], ['']);
    assert.deepEqual(
      tally.sent.map(({ payload }) => payload),
      [1, 1, 2, 1, 1, 1, 2],
    );
    assert.equal(({} as Record<string, unknown>).a, undefined);
  });

  for (const [operation, result] of [
    ['count', 3],
    ['sum', 12],
    ['min', 2],
    ['max', 7],
    ['mean', 4],
    ['last', 3],
    ['list', [2, 7, 3]],
  ] as const) {
    it(`keeps the ${operation} of the values`, async () => {
      await tally.load({ operation });
      await add(['a', 2], ['a', 7], ['a', 3]);
      assert.deepEqual(tally.sent[2]?.payload, result);
    });
  }

  it('takes texts of numbers; what is none is an error that names it, and changes nothing', async () => {
    await tally.load({ operation: 'sum' });
    await add(['a', '2.5'], ['a', 3n]);
    for (const [payload, reason] of [
      [Number.NaN, /value: msg\.payload is NaN, expected a finite number/],
      ['warm', /is "warm", expected/],
      [{}, /is an object, expected/],
      [true, /is true, expected/],
      [undefined, /is undefined, expected/],
      [2n ** 60n, /is 1152921504606846976n, expected/],
    ] as const)
      await assert.rejects(handOver(tally.node, { topic: 'bad', payload }), reason);
    assert.deepEqual(await ask('get'), [{ key: 'a', value: 5.5 }]);
  });

  it('refuses keys that are objects or too long, and commands that are none', async () => {
    await tally.load();
    await assert.rejects(handOver(tally.node, { topic: { a: 1 } }), /key: msg\.topic is an object/);
    await assert.rejects(handOver(tally.node, { topic: 'x'.repeat(1000) }), /of 1000 characters, expected/);
    await assert.rejects(
      handOver(tally.node, { control: 'count' }),
      /control: count is not valid, expected one of get, take/,
    );
    await assert.rejects(
      handOver(tally.node, { control: 'delete' }),
      /control: delete is not valid without a key/,
    );
    assert.deepEqual(await ask('get'), []);
  });

  it('reads value and key where it is told to, and puts the result there too', async () => {
    await tally.load({ operation: 'sum', value: 'payload.bytes', key: 'payload.device', property: 'total' });
    await handOver(tally.node, { payload: { device: 7, bytes: 5 } });
    await settled();
    assert.equal((tally.sent[0] as Sent & { total: number }).total, 5);
    assert.deepEqual(tally.sent[0]?.payload, { device: 7, bytes: 5 });
  });

  it('sends each key that had to go to output 2, with its value and how many so far', async () => {
    await tally.load({ operation: 'sum', capacity: 2, evict: 'lru' });
    await add(['a', 1], ['b', 2], ['a', 3], ['c', 4], ['d', 5]);
    assert.deepEqual(
      tally.gone.map(({ topic, payload, evicted }) => [topic, payload, evicted]),
      [
        ['b', 2, 1],
        ['a', 4, 2],
      ],
    );
    assert.equal(
      helper.log().args.filter(([{ level, id: of }]) => level === 30 && of === tally.id).length,
      1,
    );
  });

  it('keeps by lfu the keys used often', async () => {
    await tally.load({ capacity: 3, evict: 'lfu', emit: 'none' });
    for (let i = 0; i < 50; i += 1) await add(['often'], [`passing ${i}`]);
    assert.deepEqual(((await ask('get')) as unknown[])[0], { key: 'often', value: 50 });
    assert.equal(tally.sent.length, 1, 'nothing but the answer');
  });

  it('answers with one key, its default, or the top of all; take forgets what it gives', async () => {
    await tally.load({ default: 10, top: 2 });
    await add(['a'], ['b'], ['b'], ['c'], ['c'], ['c']);
    assert.equal(await ask('get', 'b'), 12);
    assert.equal(await ask('get', 'nobody'), 10);
    assert.deepEqual(await ask('get'), [
      { key: 'c', value: 13 },
      { key: 'b', value: 12 },
    ]);
    assert.equal(await ask('take', 'a'), 11);
    assert.equal(await ask('get', 'a'), 10);
    assert.equal(await ask('delete', 'c'), undefined);
    assert.deepEqual(await ask('take'), [{ key: 'b', value: 12 }]);
    assert.deepEqual(await ask('get'), []);
  });

  it('takes defaults of every type, and refuses those that the operation cannot begin at', async () => {
    const problems = (raw: object): unknown[] =>
      form.config.parse({ ...raw }).problems.map(({ field }) => field);
    assert.deepEqual(problems({ operation: 'sum', default: 'x' }), ['default']);
    assert.deepEqual(problems({ operation: 'count', default: 'true', defaultType: 'bool' }), ['default']);
    assert.deepEqual(problems({ operation: 'last', default: '{', defaultType: 'json' }), ['default']);
    await tally.load({ operation: 'last', default: { state: 'unknown' }, defaultType: 'json' });
    assert.deepEqual(await ask('get', 'x'), { state: 'unknown' });
  });

  it('keeps its content over a deploy as far as it fits; with another operation it begins anew, and tells', async () => {
    await tally.load({ operation: 'sum' });
    await add(['a', 1], ['b', 2], ['c', 3]);
    await tally.redeploy({ operation: 'sum', capacity: 2 });
    assert.deepEqual(await ask('get'), [
      { key: 'c', value: 3 },
      { key: 'b', value: 2 },
    ]);
    await tally.redeploy({ operation: 'max' });
    assert.deepEqual(await ask('get'), []);
    assert.ok(
      helper.log().args.some(([{ msg }]) => msg === 'operation was sum and is max: 2 keys begin anew'),
    );
  });

  it('shows keys and evictions', async () => {
    await tally.load({ capacity: 1 });
    await add(['a'], ['b']);
    await tally.redeploy({ capacity: 1 });
    await settled();
    assert.ok(statuses(tally.node).some(({ text }) => text === '1 key'));
  });

  describe('with a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'headroom-tally-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('restores its content at the next start, more than one record of it too', async () => {
      const config = { folder, persist: 'a.tally', operation: 'mean', emit: 'none', capacity: 2000 };
      await tally.load(config);
      for (let i = 0; i < 600; i += 1) await handOver(tally.node, { topic: `k${i}`, payload: i });
      await add(['k7', 9]);
      await helper.unload();
      await tally.load({ ...config, capacity: 550 });
      await add(['k7', 11]);
      assert.equal(await ask('get', 'k7'), 9);
      assert.equal(((await ask('get')) as unknown[]).length, 550);
      assert.deepEqual(readdirSync(folder), ['a.tally']);
    });

    it('sets a file aside that is none of its own, tells, and begins anew', async () => {
      writeFileSync(join(folder, 'a.tally'), '{}');
      await tally.load({ folder, persist: 'a.tally' });
      await add(['a']);
      assert.deepEqual(await ask('get'), [{ key: 'a', value: 1 }]);
      assert.ok(helper.log().args.some(([{ msg }]) => /a\.tally cannot be restored/.test(String(msg))));
      assert.deepEqual(readdirSync(folder), ['a.tally.bad']);
    });
  });

  it('leaves nothing behind after twenty deploys', async () => {
    const holdings = watchHoldings();
    try {
      await tally.load();
      await helper.unload();
      const before = await holdings.count();
      for (let i = 0; i < 20; i += 1) {
        await tally.load();
        await add(['a']);
        await helper.unload();
      }
      assert.deepEqual(await holdings.count(), before);
    } finally {
      holdings.stop();
    }
  });
});
