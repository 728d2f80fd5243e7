import assert from 'node:assert/strict';
import { type EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, NodeMessage } from 'node-red';
import memoryLazy from '../../nodes/memory-lazy/memory-lazy';
import memoryPool from '../../nodes/memory-pool/memory-pool';
import { closePool, findPool, leaseOf, ledger } from '../../src';
import helper, { hooks } from '../support/test-helper';

// biome-ignore lint/suspicious/noExplicitAny: what a test expects in a message, it looks at
type Msg = Record<string, any>;

describe('memory-lazy', () => {
  let lazy: Node;
  let items: Msg[];
  let errors: string[];
  /** Lets the sink be done with what it got; null: it is done at once. */
  let held: (() => void)[] | null;
  let folder: string;

  beforeEach(() => {
    ledger.attach(hooks);
    folder = mkdtempSync(join(tmpdir(), 'headroom-'));
  });
  afterEach(async () => {
    await helper.unload();
    closePool('pool', true);
    assert.equal(ledger.live, 0, 'every token has ended');
    ledger.attach(null);
    rmSync(folder, { recursive: true });
  });

  async function load(config: object, pool: object = {}): Promise<void> {
    items = [];
    errors = [];
    held = null;
    const at = { z: 'tab', x: 1, y: 1 };
    const sink = (RED: Msg): void =>
      RED.nodes.registerType('sink', function (this: Node, raw: object) {
        RED.nodes.createNode(this, raw);
        this.on('input', (msg, _send, done) => {
          items.push(msg);
          if (held) held.push(done);
          else done();
          this.emit('item');
        });
      });
    await helper.load(
      [memoryPool, memoryLazy, sink as never],
      [
        { id: 'tab', type: 'tab', label: 'Test' },
        { id: 'pool', type: 'memory-pool', name: 'frames', minBytes: 1, ...pool },
        { id: 'lazy', type: 'memory-lazy', ...at, ...config, wires: [['sink'], ['end']] },
        { id: 'sink', type: 'sink', ...at, wires: [] },
        { id: 'end', type: 'helper', ...at, wires: [] },
      ],
    );
    lazy = helper.getNode('lazy');
    (lazy as unknown as EventEmitter).on('call:error', (call: Msg) =>
      errors.push(String(call.args[0].message ?? call.args[0])),
    );
  }

  function file(content: string | Buffer): string {
    const path = join(folder, 'content');
    writeFileSync(path, content);
    return path;
  }

  const receive = (msg: object): void => lazy.receive(msg as NodeMessage);
  const payloads = (): unknown[] => items.map(({ payload }) => payload);

  async function through(msg: object): Promise<Msg> {
    const ended = once(helper.getNode('end'), 'input');
    receive(msg);
    return (await ended)[0];
  }

  /** Resolves when the sink has `count` items. */
  async function arrived(count: number): Promise<void> {
    while (items.length < count) await once(helper.getNode('sink'), 'item');
  }

  it('sends each element of an array, with the parts of core split and all other properties', async () => {
    await load({});
    const end = await through({ payload: ['a', 'b', 'c'], topic: 'kept', parts: { id: 'outer' } });
    const id = items[0]?.parts.id;
    assert.deepEqual(
      items.map(({ payload, topic, parts }) => [payload, topic, parts]),
      ['a', 'b', 'c'].map((payload, index) => [
        payload,
        'kept',
        { id, index, type: 'array', len: 1, parts: { id: 'outer' }, ...(index === 2 && { count: 3 }) },
      ]),
    );
    const { durationMs, ...rest } = end.payload;
    assert.deepEqual(rest, { items: 3, bytes: 0, outcome: 'done', errors: 0 });
    assert.equal(end.topic, 'kept');
  });

  it('gives each message its own properties, and none the whole array', async () => {
    await load({ from: 'data.rows' });
    await through({ data: { rows: [1, 2], kept: { count: 0 } }, req: { url: '/' } });
    if (items[0]) items[0].data.kept.count = 5;
    assert.deepEqual(items[1]?.data, { kept: { count: 0 } });
  });

  for (const [source, config, content, expected, parts] of [
    ['lines', {}, 'a\r\nb\n', ['a', 'b'], { type: 'string', ch: '\n' }],
    ['lines', { batch: 2 }, 'a\nb\nc', [['a', 'b'], ['c']], { type: 'array', len: 2 }],
    ['csv', {}, 'x,y\n1,"2,3"', [{ x: '1', y: '2,3' }], { type: 'array', len: 1 }],
    [
      'csv',
      { header: false, delimiter: '\\t', numbers: true },
      '1\tb',
      [[1, 'b']],
      { type: 'array', len: 1 },
    ],
    ['json-lines', {}, '{"a":1}\n2', [{ a: 1 }, 2], { type: 'array', len: 1 }],
    ['chunks', { chunkBytes: 2 }, 'abc', [Buffer.from('ab'), Buffer.from('c')], { type: 'buffer' }],
  ] as const) {
    it(`reads ${source} ${JSON.stringify(config)} of a file`, async () => {
      await load({ source, from: 'file', ...config });
      const path = file(content);
      const end = await through({ file: path });
      assert.deepEqual(payloads(), expected);
      const { id, index, count, ...kind } = items.at(-1)?.parts ?? {};
      assert.deepEqual([kind, count, index], [parts, expected.length, expected.length - 1]);
      assert.deepEqual([end.payload.bytes, end.file], [Buffer.byteLength(content), path]);
    });
  }

  for (const [config, payload, expected] of [
    [{ from: '2', fromType: 'num', to: '3' }, 0, [2, 3]],
    [{ from: '1', fromType: 'num', to: '0', step: '-0.5' }, 0, [1, 0.5, 0]],
    [{}, 3, [0, 1, 2]],
    [{}, [1, 5, 2], [1, 3, 5]],
    [{}, { from: 3, to: 1 }, [3, 2, 1]],
    [{}, 0, []],
  ] as const) {
    it(`counts a range ${JSON.stringify([config, payload])}`, async () => {
      await load({ source: 'range', ...config });
      await through({ payload });
      assert.deepEqual(payloads(), expected);
    });
  }

  it('takes what an async generator, a Set or a bare iterator yields', async () => {
    await load({ source: 'iterable' });
    await through({
      payload: (async function* () {
        yield 'a';
        yield null;
      })(),
    });
    await through({ payload: new Set([1]) });
    await through({ payload: { next: () => ({ done: true }) } });
    assert.deepEqual(payloads(), ['a', null, 1]);
  });

  for (const thrown of [new Error('the sensor is gone'), 'the sensor is gone', null, undefined]) {
    it(`sends what came before an iterator threw ${thrown}, and then fails`, async () => {
      await load({ source: 'iterable' });
      const reported = once(lazy, 'call:error');
      const end = await through({
        payload: (async function* () {
          yield 1;
          throw thrown;
        })(),
      });
      await reported;
      assert.deepEqual([payloads(), end.payload.outcome], [[1], 'error']);
      assert.match(errors[0] ?? '', thrown ? /the sensor is gone/ : /source: threw (null|undefined)/);
    });
  }

  it('tells the end of a source without items', async () => {
    await load({});
    const end = await through({ payload: [] });
    assert.deepEqual([items.length, end.payload.items, end.payload.outcome], [0, 0, 'done']);
  });

  it('has no more than its window in the flow', async () => {
    await load({ window: 2 });
    held = [];
    receive({ payload: [1, 2, 3] });
    await arrived(2);
    held.shift()?.();
    await arrived(3);
    assert.deepEqual([payloads(), held.length], [[1, 2, 3], 2]);
  });

  it('pauses, resumes and stops by msg.control', async () => {
    await load({});
    held = [];
    receive({ payload: [1, 2, 3] });
    await arrived(1);
    receive({ control: 'pause' });
    receive({ control: 'pause' });
    receive({ control: 'resume' });
    held.shift()?.();
    await arrived(2);
    const end = await through({ control: 'stop' });
    assert.deepEqual([end.payload.outcome, end.payload.items], ['stopped', 2]);
    receive({ control: 'stop' });
    held = null;
    await through({ payload: ['next'] });
    assert.deepEqual(errors, []);
  });

  it('refuses an unknown control word, naming those it knows', async () => {
    await load({});
    receive({ control: 'halt' });
    await once(lazy, 'call:error');
    assert.match(errors[0] ?? '', /control: "halt" is not valid, expected one of pause, resume, stop/);
  });

  it('lets further messages wait, in order, and says so when too many do', async () => {
    await load({ maxWaiting: 1 });
    held = [];
    receive({ payload: [1] });
    receive({ payload: [2] });
    receive({ payload: [3] });
    await once(lazy, 'call:error');
    assert.match(errors[0] ?? '', /busy: one source is running and 1 wait, expected at most 1/);
    await arrived(1);
    held.shift()?.();
    await arrived(2);
    assert.deepEqual(payloads(), [1, 2]);
  });

  it('gives pooled chunks back when the flow is through with them', async () => {
    await load({ source: 'chunks', pool: 'pool', chunkBytes: 1_000, window: 2 });
    await through({ payload: file(Buffer.alloc(5_500, 1)) });
    const { leases, returns, inUse } = findPool('pool')?.statistics() ?? {};
    assert.deepEqual([items.length, leases, returns, inUse], [6, 7, 7, 0]);
    assert.equal(leaseOf(items[0]?.payload)?.ended, true);
  });

  it('refuses a pool that is too small to go on with, naming what it needs', async () => {
    const tight = { capacityBytes: 65_536, maxBytes: 65_536, onExhausted: 'wait' };
    await load({ source: 'chunks', pool: 'pool', chunkBytes: 40_000 }, tight);
    const end = await through({ payload: file('a') });
    assert.equal(end.payload.outcome, 'error');
    assert.match(errors[0] ?? '', /pool: "frames" is not valid, expected a pool of at least 80000 bytes/);
  });

  it('reports lines that cannot be used with their number, and goes on', async () => {
    await load({ source: 'json-lines', maxLineBytes: 20 });
    const end = await through({ payload: file(`1\nsecret\n${'x'.repeat(200_000)}\n4`) });
    assert.deepEqual([payloads(), end.payload.errors], [[1, 4], 2]);
    assert.deepEqual(errors, [
      'line 2: is not valid JSON',
      'line 3: is 200000 bytes long, expected at most 20',
    ]);
  });

  for (const [config, msg, expected] of [
    [
      { source: 'lines' },
      { payload: '/nowhere/at/all' },
      /file: \/nowhere\/at\/all cannot be read: there is no such/,
    ],
    [{ source: 'lines' }, { payload: tmpdir() }, /cannot be read: it is a folder/],
    [{ source: 'lines' }, { payload: '' }, /from: msg.payload is empty, expected the path of a file/],
    [{ source: 'csv' }, {}, /from: msg.payload is undefined, expected the path of a file/],
    [{}, { payload: 'text' }, /from: msg.payload is string, expected an array/],
    [{ source: 'iterable' }, { payload: 'text' }, /from: is string, expected an iterable/],
    [{ source: 'iterable' }, { payload: { [Symbol.iterator]: () => null } }, /an object without an iterator/],
    [{ source: 'range' }, { payload: 'many' }, /from: msg.payload is string, expected a number/],
    [{ source: 'range' }, { payload: { from: 1, to: 'x' } }, /to: "x" is not valid, expected a number/],
    [
      { source: 'chunks', pool: 'gone' },
      { payload: __filename },
      /pool: "gone" is not valid, expected an enabled/,
    ],
  ] as const) {
    it(`ends with an error, and an end message, for ${JSON.stringify([config, msg])}`, async () => {
      await load(config);
      const reported = once(lazy, 'call:error');
      const end = await through(msg);
      await reported;
      assert.deepEqual([end.payload.outcome, end.payload.items], ['error', 0]);
      assert.match(errors[0] ?? '', expected);
    });
  }

  for (const [config, expected] of [
    [{ window: 0 }, /window: 0 is not valid, expected a whole number from 1/],
    [{ batch: '1.5' }, /batch: "1.5" is not valid/],
    [{ source: 'csv', delimiter: 'ab' }, /delimiter: "ab" is not valid, expected one character/],
    [{ source: 'range', step: '0' }, /step: "0" is not valid, expected a number that is not 0/],
  ] as const) {
    it(`turns red and refuses messages with ${JSON.stringify(config)}`, async () => {
      await load(config);
      receive({ payload: [1] });
      await once(lazy, 'call:error');
      assert.match(errors.at(-1) ?? '', expected);
      assert.equal(items.length, 0);
    });
  }

  it('starts relative paths where core file nodes do', async () => {
    await load({ source: 'lines' });
    const before = process.cwd();
    process.chdir(folder);
    try {
      file('here');
      await through({ payload: 'content' });
    } finally {
      process.chdir(before);
    }
    assert.deepEqual(payloads(), ['here']);
  });

  it('closes its file when it is stopped by a deploy', async function () {
    if (process.platform !== 'linux') this.skip();
    await load({ source: 'lines' });
    held = [];
    const path = file('a\nb\nc');
    const open = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return require('node:fs').readlinkSync(`/proc/self/fd/${fd}`) === path;
        } catch {
          return false;
        }
      }).length;
    receive({ payload: path });
    await arrived(1);
    assert.equal(open(), 1);
    await helper.unload();
    assert.equal(open(), 0);
  });
});
