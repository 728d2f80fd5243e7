import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type InFlight, ledger } from '../../src';
import { load, type TestNode, through, unload } from './pool-flow';

const linkNodes = require('@node-red/nodes/core/common/60-link.js');

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
