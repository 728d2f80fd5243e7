import assert from 'node:assert/strict';
import { errorOf, type Nodes, startPool, statistics, through, unload } from './pool-flow';

describe('memory-return', () => {
  let node: Nodes;

  afterEach(unload);

  it('returns by hand: the message goes on without the buffer, and a second return is an error', async () => {
    node = await startPool({}, { autoReturn: false });
    const msg = await through(node('lease'), node('out'), { payload: Buffer.alloc(5_000), topic: 'kept' });
    const copy = { ...msg };
    const after = await through(node('return'), node('out'), msg);
    assert.deepEqual(Object.keys(after).sort(), ['_msgid', 'topic']);
    assert.equal(statistics()?.returns, 1);
    assert.match(await errorOf(node('return'), copy), /was returned already/);
    assert.equal(statistics()?.returns, 1);
  });

  it('refuses to return what is no leased Buffer, or another pool’s', async () => {
    node = await startPool({ pool: 'other' }, { autoReturn: false }, [
      { id: 'other', type: 'memory-pool', name: 'second', autoReturn: false },
    ]);
    for (const payload of ['text', Buffer.alloc(5_000), null]) {
      assert.match(
        await errorOf(node('return'), { payload }),
        /is no leased Buffer, expected one of pool frames/,
      );
    }
    const msg = await through(node('lease'), node('out'), { payload: Buffer.alloc(5_000) });
    assert.match(await errorOf(node('return'), msg), /was leased from second, not from frames/);
  });
});
