import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InFlight } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

const at = { z: 'tab', x: 1, y: 1 };
const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Lazy' };

function fn(id: string, func: string, wires: string[], more: object = {}): FlowNode {
  return { id, type: 'function', ...at, func, outputs: 1, libs: [], wires: [wires], ...more };
}

function button(id: string, wires: string[], props: object[] = []): FlowNode {
  return { id, type: 'inject', ...at, props, wires: [wires] };
}

function lazy(config: object, wires: string[][]): FlowNode {
  return { id: 'lazy', type: 'memory-lazy', ...at, ...config, wires };
}

/** Counts how many messages are in it at once: takes 5 ms for each, and says so when it is done. */
const SLOW = fn(
  'slow',
  `const now = (context.get('now') ?? 0) + 1;
   context.set('now', now);
   context.set('most', Math.max(now, context.get('most') ?? 0));
   setTimeout(() => {
     context.set('now', context.get('now') - 1);
     node.send({ ...msg, most: context.get('most') });
     node.done();
   }, 5);`,
  ['sink'],
);
const SINK = fn('sink', 'return null;', []);
const END = fn('end', 'return msg;', ['sink']);

describe('memory-lazy in a running Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed;
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-lazy-'));
    writeFileSync(join(folder, 'lines.txt'), 'a\nb\nc\nd\n');
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => red.stop());

  for (const batch of [1, 3]) {
    it(`has never more than a window of 4 in the flow, with ${batch} in each message`, async () => {
      const range = { source: 'range', from: '200', fromType: 'num', window: 4, batch };
      red = await startNodeRed({
        flows: [TAB, button('go', ['lazy']), lazy(range, [['slow'], ['end']]), SLOW, SINK, END],
        observe: ['slow', 'end'],
      });
      await red.inject('go');
      const [end = {}] = await red.untilMessages('end', 1);
      const messages = red.messages('slow');
      assert.equal(messages.length, Math.ceil(200 / batch));
      assert.equal(Math.max(...messages.map(({ most }) => Number(most))), 4);
      assert.equal((end.payload as { items: number }).items, 200);
    });
  }

  it('goes through core batch and join with a window of 1, and join puts lines together again', async () => {
    const join = { type: 'join', ...at, mode: 'auto', build: 'array' };
    const lines = { source: 'lines', from: 'file', window: 1 };
    red = await startNodeRed({
      flows: [
        TAB,
        button('go', ['where'], []),
        fn('where', "return { file: 'lines.txt' };", ['lazy']),
        lazy(lines, [['batch'], ['end']]),
        {
          id: 'batch',
          type: 'batch',
          ...at,
          mode: 'count',
          count: '2',
          overlap: '0',
          honourParts: false,
          wires: [['pairs']],
        },
        { id: 'pairs', ...join, wires: [['joined']] },
        fn('joined', 'return msg;', ['sink']),
        button('whole', ['file']),
        fn('file', "return { file: 'lines.txt' };", ['again']),
        { ...lazy(lines, [['join'], []]), id: 'again' },
        { id: 'join', ...join, wires: [['text']] },
        fn('text', 'return msg;', ['sink']),
        END,
        SINK,
      ],
      observe: ['joined', 'text', 'end'],
      settings: { fileWorkingDirectory: folder },
    });
    await red.inject('whole');
    const [text] = await red.untilMessages('text', 1);
    assert.equal(text?.payload, 'a\nb\nc\nd');
    await red.inject('go');
    const pairs = await red.untilMessages('joined', 2);
    assert.deepEqual(
      pairs.map(({ payload }) => payload),
      ['a\nb', 'c\nd'],
    );
    await red.untilMessages('end', 1);
  });
  it('stalls with a flow that never completes; the census names the node', async () => {
    red = await startNodeRed({
      flows: [
        TAB,
        button('go', ['lazy']),
        lazy({ source: 'range', from: '100', fromType: 'num', window: 2 }, [['never'], []]),
        fn('never', 'context.set(String(msg.payload), msg); if (false) node.done();', [], {
          name: 'never done',
        }),
        button('count', ['census']),
        { id: 'census', type: 'memory-census', ...at, what: ['in-flight'], wires: [['sink']] },
        SINK,
      ],
      observe: ['lazy', 'census'],
    });
    await red.inject('go');
    await red.untilMessages('lazy', 2);
    await red.inject('count');
    const [census = {}] = await red.untilMessages('census', 1);
    const held = (census.payload as { inFlight: InFlight[] }).inFlight;
    const named = held.map(({ type, name, messages }) => [type, name, messages]);
    assert.deepEqual(named.sort(), [
      ['function', 'never done', 2],
      ['memory-lazy', '', 1],
    ]);
    assert.equal(red.messages('lazy').length, 2);
  });

  it('passes over a line of 100 MB in a heap of 64 MB, naming it, and needs no more memory for it', async function () {
    if (process.platform !== 'linux') this.skip();
    const file = openSync(join(folder, 'long.txt'), 'w');
    writeSync(file, 'before\n');
    for (let mb = 0; mb < 100; mb += 1) writeSync(file, Buffer.alloc(1_048_576, 'x'));
    writeSync(file, '\nbehind\nlast\n');
    closeSync(file);
    red = await startNodeRed({
      flows: [
        TAB,
        button('go', ['lazy']),
        lazy({ source: 'lines', from: join(folder, 'long.txt'), fromType: 'str' }, [['sink'], ['end']]),
        { id: 'catch', type: 'catch', ...at, scope: ['lazy'], wires: [['caught']] },
        fn('caught', 'return { payload: msg.error.message, line: msg.line };', ['sink']),
        SINK,
        END,
      ],
      observe: ['lazy', 'caught', 'end'],
      nodeArgs: ['--max-old-space-size=64'],
    });
    // From here on the peak counts.
    writeFileSync(`/proc/${red.pid}/clear_refs`, '5');
    const before = peakMb(red.pid);
    await red.inject('go');
    const [end = {}] = await red.untilMessages('end', 1);
    const most = peakMb(red.pid);
    assert.equal(most < before + 60, true, `${most} MB, ${before} MB before`);
    assert.deepEqual(
      red.messages('lazy').map(({ payload }) => payload),
      ['before', 'behind', 'last'],
    );
    assert.deepEqual(
      red.messages('caught').map(({ payload, line }) => [line, payload]),
      [[2, 'line 2: is 104857600 bytes long, expected at most 1048576']],
    );
    const { outcome, items, errors } = end.payload as Record<string, unknown>;
    assert.deepEqual([outcome, items, errors], ['done', 3, 1]);
  });

  it('goes through another lazy source, core split and join, a subflow and a link call', async () => {
    const wired = { x: 1, y: 1 };
    red = await startNodeRed({
      flows: [
        TAB,
        {
          id: 'sub',
          type: 'subflow',
          name: 'Double',
          in: [{ ...wired, wires: [{ id: 'in-sub' }] }],
          out: [{ ...wired, wires: [{ id: 'in-sub', port: 0 }] }],
        },
        { ...fn('in-sub', 'return { payload: msg.payload * 2, parts: msg.parts };', []), z: 'sub' },
        button('go', ['lazy']),
        lazy({ source: 'range', from: '3', fromType: 'num' }, [['inner'], ['end']]),
        {
          id: 'inner',
          type: 'memory-lazy',
          ...at,
          source: 'range',
          from: 'payload',
          to: '9',
          wires: [['double'], []],
        },
        { id: 'double', type: 'subflow:sub', ...at, wires: [['call']] },
        { id: 'call', type: 'link call', ...at, links: ['there'], timeout: '5', wires: [['list']] },
        { id: 'there', type: 'link in', ...at, wires: [['back']] },
        { id: 'back', type: 'link out', ...at, mode: 'return', wires: [] },
        fn('list', 'msg.payload = [msg.payload, msg.payload + 1]; return msg;', ['split']),
        { id: 'split', type: 'split', ...at, arraySplt: 1, arraySpltType: 'len', wires: [['join']] },
        { id: 'join', type: 'join', ...at, mode: 'auto', wires: [['joined']] },
        fn('joined', 'return msg;', ['sink']),
        SINK,
        END,
      ],
      observe: ['joined', 'end'],
    });
    await red.inject('go');
    const [end = {}] = await red.untilMessages('end', 1);
    const pairs = red.messages('joined').map(({ payload }) => payload);
    const expected = [0, 1, 2].flatMap((from) => range(from, 9).map((n) => [2 * n, 2 * n + 1]));
    assert.deepEqual([pairs, (end.payload as { outcome: string }).outcome], [expected, 'done']);
  });

  it('leaves no file, hook, timer or listener behind after twenty deploys in the middle of a file', async function () {
    if (process.platform !== 'linux') this.skip();
    const flows = (round: number): FlowNode[] => [
      TAB,
      { ...button('go', ['lazy']), once: true, onceDelay: 0.01 },
      lazy({ source: 'lines', from: 'lines.txt', fromType: 'str', name: String(round) }, [['never'], []]),
      fn('never', 'context.set(String(msg.payload), msg); if (false) node.done();', []),
    ];
    const settings = { fileWorkingDirectory: folder };
    red = await startNodeRed({ flows: [TAB], observe: ['lazy'], settings });
    const before = await red.ask<{ active: object; listeners: object }>('resources');
    for (let round = 1; round <= 20; round += 1) {
      await red.deploy(flows(round));
      await red.untilMessages('lazy', round);
    }
    assert.deepEqual(openFiles(red.pid, 'lines.txt'), 1);
    await red.deploy([TAB]);
    assert.deepEqual(openFiles(red.pid, 'lines.txt'), 0);
    let after = await red.ask<{ active: object; listeners: object; hooks: string[] }>('resources');
    // The hooks stay for one sweep more.
    for (let wait = 0; after.hooks.length > 0 && wait < 100; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      after = await red.ask('resources');
    }
    assert.deepEqual(after.hooks, []);
    assert.deepEqual(after.listeners, before.listeners);
    // What the deploys were asked for by keeps a socket or none.
    const { TCPSocketWrap: _after, ...left } = after.active as Record<string, number>;
    const { TCPSocketWrap: _before, ...had } = before.active as Record<string, number>;
    assert.deepEqual(left, had);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_none, at) => from + at);
}

/** The most resident memory of a process since its count was reset. */
function peakMb(pid: number): number {
  const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1_024);
}

function openFiles(pid: number, name: string): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith(name);
    } catch {
      return false;
    }
  }).length;
}
