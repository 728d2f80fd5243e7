import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Node, NodeMessage } from 'node-red';
import { EXECUTIONS as IN_FORM, KINDS as KINDS_IN_FORM } from '../../nodes/memory-gc/config';
import memoryGc from '../../nodes/memory-gc/memory-gc';
import { type Collection, collect, EXECUTIONS, KINDS } from '../../src';
import { watchHoldings } from '../support/resources';
import helper from '../support/test-helper';

describe('memory-gc', () => {
  afterEach(() => helper.unload());

  async function load(config: Record<string, unknown>): Promise<{ gc: Node; out: Node }> {
    const flow = [
      { id: 'tab', type: 'tab' },
      { id: 'gc', type: 'memory-gc', z: 'tab', x: 1, y: 1, minIntervalMs: 0, ...config, wires: [['out']] },
      { id: 'out', type: 'helper', z: 'tab', x: 1, y: 1 },
    ];
    await helper.load(memoryGc, flow);
    return { gc: helper.getNode('gc'), out: helper.getNode('out') };
  }

  async function ask(gc: Node, out: Node): Promise<{ payload: Collection } & NodeMessage> {
    const answer = once(out, 'input');
    gc.receive({ payload: 'now', topic: 'kept' });
    const [msg] = await answer;
    return msg;
  }

  it('its form offers what the engine takes', () => {
    assert.deepEqual(KINDS_IN_FORM, KINDS);
    assert.deepEqual(IN_FORM, EXECUTIONS);
  });

  it('a message collects, and what came of it is in the payload', async () => {
    const { gc, out } = await load({});
    const { payload, ...rest } = await ask(gc, out);
    assert.equal(payload.collected, true);
    assert.equal(payload.reason, null);
    assert.equal(payload.kind, 'major');
    assert.ok(payload.pauseMs > 0);
    assert.ok(payload.before.rss > 0 && payload.after.rss > 0);
    assert.equal((rest as { topic?: string }).topic, 'kept');
  });

  it('the result goes where property says', async () => {
    const { gc, out } = await load({ property: 'gc.result', kind: 'minor' });
    const msg = await ask(gc, out);
    assert.equal(msg.payload as unknown, 'now');
    assert.equal((msg as unknown as { gc: { result: Collection } }).gc.result.kind, 'minor');
  });

  it('many messages that wait for quiet share one wait and one collection', async () => {
    const { gc, out } = await load({ whenIdle: true, maxWaitMs: 1_000 });
    const answers: Collection[] = [];
    const all = new Promise<void>((resolve) => {
      out.on('input', ({ payload }) => {
        if (answers.push(payload as Collection) === 12) resolve();
      });
    });
    const holdings = watchHoldings();
    for (let i = 0; i < 12; i += 1) gc.receive({ payload: i });
    const { timers } = await holdings.count();
    holdings.stop();
    await all;
    assert(timers <= 1, `${timers} timers for 12 messages`);
    assert.deepEqual(
      answers.map(({ collected }) => collected),
      Array(12).fill(true),
    );
    assert.equal(answers.filter(({ shared }) => !shared).length, 1);
  });

  it('within the cooldown of another caller it collects nothing and says so', async () => {
    const { gc, out } = await load({ minIntervalMs: 60_000 });
    await collect({ kind: 'major', execution: 'async' });
    const { payload } = await ask(gc, out);
    assert.equal(payload.collected, false);
    assert.equal(payload.reason, 'cooldown');
  });

  it('a heap that is not full enough is left alone', async () => {
    const { gc, out } = await load({ minHeapPercent: 100 });
    assert.equal((await ask(gc, out)).payload.reason, 'below');
  });

  it('a config that is not valid turns it red, and messages are refused with field and value', async () => {
    const { gc } = await load({ kind: 'all' });
    const failed = once(gc, 'call:error');
    gc.receive({ payload: 1 });
    const [call] = await failed;
    assert.match(String(call.args[0]), /kind: "all" is not valid, expected one of minor, major/);
  });

  it('stopped while it waits for a quiet moment, it ends at once and sends nothing', async () => {
    const { gc, out } = await load({ whenIdle: true, maxWaitMs: 86_400_000 });
    out.on('input', () => assert.fail('a message after the stop'));
    const busy = setInterval(() => {
      const until = performance.now() + 15;
      while (performance.now() < until);
    }, 1);
    try {
      gc.receive({ payload: 1 });
      await gc.close(false);
    } finally {
      clearInterval(busy);
    }
  });
});
