import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { PARTS } from '../../nodes/memory-census/config';
import { CENSUS_PARTS, type CensusResult, type InFlight, ledger } from '../../src';
import { coreNode } from '../support/test-helper';
import { errorOf, load, type TestNode, through, unload } from './pool-flow';

const linkNodes = coreNode('common/60-link');

describe('memory-census of messages in flight', () => {
  afterEach(unload);

  const FLOW = [
    { id: 'tab', type: 'tab', label: 'Orders' },
    { id: 'census', type: 'memory-census', z: 'tab', x: 1, y: 1, wires: [['out']] },
    { id: 'out', type: 'helper', z: 'tab', x: 1, y: 1 },
    { id: 'keeper', type: 'helper', name: 'never done', z: 'tab', x: 1, y: 1 },
  ];

  async function census(node: (id: string) => TestNode): Promise<InFlight[]> {
    const msg = await through(node('census'), node('out'), { topic: 'kept' });
    assert.equal(msg.topic, 'kept');
    return (msg.payload as { inFlight: InFlight[] }).inFlight;
  }

  it('counts nothing, and leaves no hook, when it is stopped', async () => {
    const node = await load(FLOW);
    assert.equal(ledger.active, true);
    assert.deepEqual(await census(node), []);
    await unload();
    ledger.sweep();
    assert.equal(ledger.active, false);
  });

  it('names the node that holds messages, how many, since when, and their bytes', async () => {
    const node = await load(FLOW);
    const kept: unknown[] = [];
    node('keeper').on('input', (msg: unknown, _send: unknown, _done: unknown) => kept.push(msg));
    for (let count = 0; count < 3; count += 1) node('keeper').receive({ payload: Buffer.alloc(10_000) });
    await turn();
    const [first, ...others] = await census(node);
    assert.deepEqual(others, []);
    const { messages, oldestMs, bytes, ...who } = first as InFlight;
    assert.deepEqual(who, { id: 'keeper', name: 'never done', type: 'helper', flow: 'Orders', givenUp: 0 });
    assert.equal(messages, 3);
    assert.ok(oldestMs >= 0 && bytes > 30_000 && bytes < 40_000, String(bytes));
  });

  it('finds a link call that nobody answers', async () => {
    const node = await load(
      [
        ...FLOW,
        {
          id: 'call',
          type: 'link call',
          name: 'ask price',
          z: 'tab',
          x: 1,
          y: 1,
          links: ['in'],
          linkType: 'static',
          timeout: '30',
          wires: [['out']],
        },
        { id: 'in', type: 'link in', z: 'tab', x: 1, y: 1, links: [], wires: [[]] },
      ],
      [linkNodes],
    );
    node('call').receive({ payload: 1 });
    await turn();
    const [first] = await census(node);
    assert.deepEqual([first?.id, first?.name, first?.messages], ['call', 'ask price', 1]);
  });
});

describe('memory-census of contexts', () => {
  afterEach(unload);

  const at = { z: 'tab', x: 1, y: 1 };
  const FLOW = [
    { id: 'tab', type: 'tab', label: 'Orders' },
    { id: 'census', type: 'memory-census', ...at, what: ['contexts'], wires: [['out']] },
    { id: 'out', type: 'helper', ...at },
    { id: 'keeper', type: 'helper', name: 'history', ...at },
    { id: 'idle', type: 'helper', ...at },
    { id: 'template', type: 'subflow', name: 'Cache' },
    { id: 'inner', type: 'helper', z: 'template', name: 'inside', x: 1, y: 1 },
    { id: 'instance', type: 'subflow:template', ...at },
  ];
  type WithContext = TestNode & { context(): Record<string, Contents> & Contents; _context?: unknown };
  type Contents = { set(key: string, value: unknown): void };

  async function census(node: (id: string) => TestNode): Promise<CensusResult> {
    return (await through(node('census'), node('out'), {})).payload;
  }

  it('finds what grows in node, flow, subflow and global context, and makes no context', async () => {
    const node = await load(FLOW);
    const keeper = node('keeper') as WithContext;
    const inner = node('instance-inner') as WithContext;
    const context = keeper.context();
    assert.equal(inner?._context, undefined);
    context.set('history', ['x'.repeat(1_000)]);
    context.flow?.set('seen', 'y'.repeat(2_000));
    context.global?.set('cache', new Map([['a', 'z'.repeat(3_000)]]));
    const first = await census(node);
    assert.equal(first.inFlight, null);
    const list = ({ contexts }: CensusResult) =>
      contexts?.map(({ scope, id, name, keys: [key] }) => [scope, id, name, key?.key, key?.store]);
    assert.deepEqual(list(first), [
      ['global', 'global', 'global', 'cache', 'memory'],
      ['flow', 'tab', 'Orders', 'seen', 'memory'],
      ['node', 'keeper', 'history', 'history', 'memory'],
    ]);
    context.set('history', ['x'.repeat(1_000), 'x'.repeat(5_000)]);
    const second = await census(node);
    assert.equal(second.contexts?.[0]?.id, 'keeper');
    assert.ok((second.contexts?.[0]?.addedBytes ?? 0) >= 5_000);
    assert.equal((node('idle') as WithContext)._context, undefined);
    assert.equal(second.uncounted?.length, 0);
    context.global?.set('cache', undefined);
  });

  it('gives two who ask at once the same figures, each its own', async () => {
    const node = await load(FLOW);
    const arrived: CensusResult[] = [];
    const both = new Promise<void>((resolve) => {
      node('out').on('input', ({ payload }: { payload: CensusResult }) => {
        if (arrived.push(payload) === 2) resolve();
      });
    });
    node('census').receive({});
    node('census').receive({});
    await both;
    assert.deepEqual(arrived[0], arrived[1]);
    assert.notEqual(arrived[0], arrived[1]);
  });
});

describe('memory-census of the heap', () => {
  afterEach(unload);

  const at = { z: 'tab', x: 1, y: 1 };
  const flow = (census: object) => [
    { id: 'tab', type: 'tab', label: 'Orders' },
    { id: 'census', type: 'memory-census', ...at, ...census, wires: [['out']] },
    { id: 'out', type: 'helper', ...at },
  ];

  it('knows the parts that the engine knows', () => {
    assert.deepEqual(PARTS, CENSUS_PARTS);
  });

  it('takes no snapshot that nobody has accepted, and says what to accept', async () => {
    const node = await load(flow({ what: ['heap'] }));
    assert.match(
      await errorOf(node('census'), {}),
      /^acceptPause: false is not valid, expected yes \(true\) .* stands still for some 80 ms per MB/,
    );
  });

  it('is asked for a type by its name, and only where the heap is counted', async () => {
    const node = await load(flow({ what: ['in-flight'] }));
    assert.match(
      await errorOf(node('census'), { payload: { type: 'Reading' } }),
      /expected heap among what is counted/,
    );
    assert.match(
      await errorOf(node('census'), { payload: { type: 7 } }),
      /^payload.type: expected the name of a type/,
    );
  });

  it('reports a folder that cannot be written, and is there for the next message', async () => {
    const node = await load(flow({ what: ['heap'], acceptPause: true, folder: '/proc/nowhere' }));
    for (let time = 0; time < 2; time += 1) {
      assert.match(
        await errorOf(node('census'), {}),
        /^folder: "\/proc\/nowhere\/.*expected a folder that can be written/,
      );
    }
  });
});

describe('memory-census of buffers', () => {
  afterEach(async () => {
    // What the nodes of this test hold for good: without the plugin memory-runtime nobody says that they are gone.
    ledger.nodesStopped(() => false);
    await unload();
  });

  it('names who holds them: messages, contexts and pools', async () => {
    const at = { z: 'tab', x: 1, y: 1 };
    const node = await load([
      { id: 'tab', type: 'tab', label: 'Frames' },
      { id: 'pool', type: 'memory-pool', name: 'frames' },
      {
        id: 'lease',
        type: 'memory-lease',
        ...at,
        pool: 'pool',
        mode: 'empty',
        size: '65536',
        sizeType: 'num',
        wires: [['keeper']],
      },
      { id: 'census', type: 'memory-census', ...at, what: ['buffers'], wires: [['out']] },
      { id: 'out', type: 'helper', ...at },
      { id: 'keeper', type: 'helper', name: 'never done', ...at },
      { id: 'history', type: 'helper', name: 'keeps', ...at },
    ]);
    const kept: unknown[] = [];
    node('keeper').on('input', (msg: unknown, _send: unknown, _done: unknown) => kept.push(msg));
    const context = (
      node('history') as unknown as { context(): { set(key: string, value: unknown): void } }
    ).context();
    context.set('last', [Buffer.alloc(200_000), Buffer.alloc(100_000), 'a text']);
    for (let i = 0; i < 2; i += 1) node('lease').receive({});
    await turn();
    const { buffers, offHeapBytes, contexts } = (await through(node('census'), node('out'), {}))
      .payload as CensusResult;
    assert.deepEqual(
      buffers?.map(({ id, type, count, by }) => [id, type, count, by]),
      [
        ['history', 'node context', 2, 'context'],
        ['keeper', 'helper', 2, 'messages'],
        ['pool', 'memory-pool', 2, 'pool'],
      ],
    );
    const [inContext, inMessages] = buffers ?? [];
    assert.ok((inContext?.bytes ?? 0) >= 300_000 && (inMessages?.bytes ?? 0) >= 131_072);
    assert.ok((offHeapBytes ?? 0) > 431_072);
    assert.equal(contexts, null);
  });
});
