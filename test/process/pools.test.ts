import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { InFlight, PoolStatistics } from '../../src';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

function example(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8'));
}

/** Beside an example: a button that tells the figures of every pool. */
const FIGURES: FlowNode[] = [
  { id: 'figures-tab', type: 'tab', label: 'Figures' },
  { id: 'ask', type: 'inject', z: 'figures-tab', x: 1, y: 1, props: [], wires: [['figures']] },
  {
    id: 'figures',
    type: 'function',
    z: 'figures-tab',
    x: 1,
    y: 1,
    func: 'return { payload: engine.poolStatistics(), live: engine.ledger.live, fault: engine.ledger.lastFault };',
    outputs: 1,
    libs: [{ var: 'engine', module: '@headroom/node-red-memory' }],
    wires: [['nowhere']],
  },
  { id: 'nowhere', type: 'debug', z: 'figures-tab', x: 1, y: 1, active: false, wires: [] },
];

describe('pools in a running Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed;

  afterEach(() => red.stop());

  async function start(flows: FlowNode[], observe: string[] = []): Promise<void> {
    red = await startNodeRed({
      flows: [...flows, ...FIGURES],
      observe: ['figures', ...observe],
      nodeArgs: ['--expose-gc'],
    });
  }

  async function figures(): Promise<PoolStatistics[]> {
    const before = red.messages('figures').length;
    await red.inject('ask');
    const answer = (await red.untilMessages('figures', before + 1))[before];
    assert.equal(answer?.fault, null);
    return answer?.payload as PoolStatistics[];
  }

  async function until(met: () => Promise<boolean>, what: string): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await met()) return;
      await pause(100);
    }
    assert.fail(`never came: ${what}\n${red.log.slice(-10).join('\n')}`);
  }

  it('serve ten frames a second along four branches from a handful of buffers', async () => {
    await start(example('memory-pool'));
    await until(async () => ((await figures())[0]?.leases ?? 0) >= 60, '60 frames');
    const [{ misses, inUse, givenUp, reuseRatio }] = (await figures()) as [PoolStatistics];
    // 500 ms in the slow branch are five or six frames under way.
    assert.ok(misses <= 10 && inUse <= 10 && reuseRatio > 0.8, JSON.stringify({ misses, inUse, reuseRatio }));
    assert.equal(givenUp, 0);
  });

  it('serve packets of memory-pack, sent by the next node, all from one buffer', async () => {
    const at = { z: 'packets', x: 1, y: 1 };
    const func =
      "return { payload: Array.from({ length: 400 }, (_, n) => ({ n, id: String(n) })), topic: 'records' };";
    await start(
      [
        { id: 'packets', type: 'tab', label: 'Packets' },
        { id: 'pool', type: 'memory-pool', name: 'packets', minBytes: 1024 },
        { id: 'go', type: 'inject', ...at, props: [], wires: [['records']] },
        { id: 'records', type: 'function', ...at, func, outputs: 1, libs: [], wires: [['pack']] },
        {
          ...{ id: 'pack', type: 'memory-pack', ...at, pool: 'pool', wires: [['size']] },
          schema: [
            { name: 'n', type: 'u32' },
            { name: 'id', type: 'string' },
          ],
        },
        {
          ...{ id: 'size', type: 'function', ...at, outputs: 1, libs: [] },
          func: 'return { payload: msg.payload.length };',
          wires: [['end']],
        },
        { id: 'end', type: 'debug', ...at, active: false, wires: [] },
      ],
      ['size'],
    );
    for (let packets = 1; packets <= 10; packets += 1) {
      await red.inject('go');
      const [msg = {}] = (await red.untilMessages('size', packets)).slice(-1);
      assert.ok(Number(msg.payload) > 500);
    }
    await until(async () => (await figures())[0]?.inUse === 0, 'the last packet back');
    const [{ leases, returns, misses, givenUp, leaked }] = (await figures()) as [PoolStatistics];
    assert.deepEqual(
      { leases, returns, givenUp, leaked },
      { leases: 10, returns: 10, givenUp: 0, leaked: 0 },
    );
    assert.ok(misses <= 2, `${misses} buffers`);
  });

  it('serve file chunks, each in two branches, with every byte counted once', async () => {
    const file = join(ROOT, 'package-lock.json');
    const flows = example('memory-lease').map((node) =>
      node.id === 'hr-chunks-inject' ? { ...node, props: [{ p: 'filename', v: file, vt: 'str' }] } : node,
    );
    await start(flows, ['hr-chunks-sum', 'hr-chunks-lines']);
    await red.inject('hr-chunks-inject');
    const content = readFileSync(file);
    const chunks = Math.ceil(content.length / 65_536);
    const sums = await red.untilMessages('hr-chunks-sum', chunks);
    const lines = await red.untilMessages('hr-chunks-lines', chunks);
    const total = (messages: Record<string, unknown>[], key: string): number =>
      messages.reduce((sum, { payload }) => sum + ((payload as Record<string, number>)[key] ?? 0), 0);
    assert.equal(total(sums, 'bytes'), content.length);
    assert.equal(total(lines, 'lines'), content.filter((byte) => byte === 10).length);
    await until(async () => (await figures())[0]?.inUse === 0, 'every chunk returned');
  });

  it('take a buffer back early, and name the node that leaks others', async () => {
    await start(example('memory-return'), ['hr-return-slow']);
    await red.inject('hr-return-inject');
    const [msg] = await red.untilMessages('hr-return-slow', 1);
    assert.equal(msg?.count, 2_000);
    assert.equal('payload' in (msg as object), false);
    const named = (): boolean =>
      red.log.some((line) => /was not returned.*last seen in function 'forgets done'/.test(line));
    await until(async () => {
      await red.ask('memory'); // collects garbage
      return named();
    }, 'a warning that names the node');
    const leaking = (await figures()).find(({ name }) => name === 'leaking');
    assert.ok((leaking?.leaked ?? 0) > 0, JSON.stringify(leaking));
  });

  it('end what a stopped node held, and go on with a pool that a deploy changed', async () => {
    const at = { z: 'tab', x: 1, y: 1 };
    const flows = (capacityBytes: number, count: string): FlowNode[] => [
      { id: 'tab', type: 'tab', label: 'Deploy' },
      { id: 'pool', type: 'memory-pool', name: 'frames', capacityBytes, maxBytes: 65_536 },
      { id: 'inject', type: 'inject', ...at, props: [], wires: [['lease']] },
      {
        id: 'lease',
        type: 'memory-lease',
        ...at,
        pool: 'pool',
        mode: 'empty',
        size: '65536',
        wires: [['join']],
      },
      {
        id: 'join',
        type: 'join',
        ...at,
        mode: 'custom',
        build: 'array',
        property: 'payload',
        count,
        wires: [[]],
      },
      ...FIGURES,
    ];
    await start(flows(1_048_576, '9').filter(({ id }) => !FIGURES.some((node) => node.id === id)));
    await red.inject('inject');
    await red.inject('inject');
    await until(async () => (await figures())[0]?.inUse === 2, 'two frames in the join');
    await red.deploy(flows(65_536, '9'), 'nodes');
    assert.equal((await figures())[0]?.inUse, 2);
    await red.deploy(flows(65_536, '8'), 'nodes');
    await until(async () => (await figures())[0]?.inUse === 0, 'the stopped join let go');
    // Core join completes what it held when it closes. No more than the new capacity is kept.
    const [{ returns, heldBytes }] = (await figures()) as [PoolStatistics];
    assert.deepEqual([returns, heldBytes], [2, 65_536]);
  });

  it('name a link call that nobody answers, a waiting join and an unanswered request, and need no hook without a census', async () => {
    const requests: FlowNode[] = [
      {
        id: 'web',
        type: 'http in',
        z: 'hr-census',
        name: 'shop',
        url: '/shop',
        method: 'get',
        x: 1,
        y: 1,
        wires: [['nowhere']],
      },
    ];
    await start([...example('memory-census'), ...requests], ['hr-census-node']);
    await red.inject('hr-census-ask');
    await red.inject('hr-census-part');
    await red.inject('hr-census-part');
    const request = new AbortController();
    const answer = fetch(`${red.url}/shop`, { signal: request.signal }).catch(() => null);
    const census = async (): Promise<InFlight[]> => {
      const before = red.messages('hr-census-node').length;
      await red.inject('hr-census-now');
      const [msg] = (await red.untilMessages('hr-census-node', before + 1)).slice(before);
      assert.ok(msg);
      return (msg.payload as { inFlight: InFlight[] }).inFlight;
    };
    await until(async () => (await census()).length === 3, 'three nodes');
    const held = (await census())
      .map(({ name, type, flow, messages }) => [type, name, flow, messages])
      .sort();
    const flow = 'Who holds messages?';
    assert.deepEqual(held, [
      ['http in', 'shop', flow, 1],
      ['join', 'waits for 10', flow, 2],
      ['link call', 'ask the price', flow, 1],
    ]);
    request.abort();
    await answer;
    await until(async () => (await census()).length === 2, 'the request gone');
    assert.equal(red.status('hr-census-node')?.text?.startsWith('3 in flight'), true);
    await red.deploy([{ id: 'tab', type: 'tab', label: 'empty' }, ...FIGURES]);
    await until(async () => (await red.ask<{ hooks: string[] }>('resources')).hooks.length === 0, 'no hook');
  });
});
