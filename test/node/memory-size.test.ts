import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Node, NodeMessage } from 'node-red';
import memorySize from '../../nodes/memory-size/memory-size';
import { type Size, sizeOf } from '../../src';
import helper from '../support/test-helper';

type Sized = NodeMessage & { size: Size };

describe('memory-size', () => {
  afterEach(() => helper.unload());

  async function load(config: Record<string, unknown>): Promise<{ size: Node; within: Node; over: Node }> {
    const flow = [
      { id: 'tab', type: 'tab', label: 'test' },
      { id: 'size', type: 'memory-size', z: 'tab', x: 1, y: 1, ...config, wires: [['within'], ['over']] },
      { id: 'within', type: 'helper', z: 'tab', x: 2, y: 1 },
      { id: 'over', type: 'helper', z: 'tab', x: 2, y: 2 },
    ];
    await helper.load(memorySize, flow);
    return { size: helper.getNode('size'), within: helper.getNode('within'), over: helper.getNode('over') };
  }

  async function measure(size: Node, out: Node, msg: object): Promise<Sized> {
    const sent = once(out, 'input');
    size.receive(msg as NodeMessage);
    const [measured] = await sent;
    return measured as Sized;
  }

  it('the size of the payload goes along in msg.size, and the message passes', async () => {
    const { size, within } = await load({});
    const payload = { values: [1.5, 2.5], text: 'a text of some length' };
    const msg = await measure(size, within, { payload, topic: 'kept' });
    assert.deepEqual(msg.size, sizeOf(payload));
    assert.deepEqual([msg.payload, msg.topic], [payload, 'kept']);
  });

  it('what is over the limit leaves by the second output', async () => {
    const { size, within, over } = await load({ limitBytes: '1 KB' });
    assert.ok((await measure(size, over, { payload: Buffer.alloc(2048) })).size.offHeapBytes >= 2048);
    assert.ok((await measure(size, within, { payload: 'small' })).size.bytes <= 1024);
  });

  it('what cannot be counted to the end is not within a limit', async () => {
    const { size, over } = await load({ limitBytes: 2 ** 40 });
    const payload = new Array(1_000_001).fill(0);
    assert.equal((await measure(size, over, { payload })).size.truncated, true);
  });

  it('another property is measured by its path, and one that is not there takes nothing', async () => {
    const { size, within } = await load({ property: 'data.list' });
    const list = [1, 2, 3];
    assert.equal((await measure(size, within, { data: { list } })).size.bytes, sizeOf(list).bytes);
    assert.equal((await measure(size, within, { payload: 'other' })).size.bytes, 0);
  });

  it('a limit that is none turns it red, and messages are refused with field and value', async () => {
    const { size } = await load({ limitBytes: '-5 MB' });
    const failed = once(size, 'call:error');
    size.receive({ payload: 1 });
    const [call] = await failed;
    assert.match(String(call.args[0]), /limitBytes: "-5 MB" is not valid/);
  });
});
