import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Node, NodeMessage } from 'node-red';
import memorySample from '../../nodes/memory-sample/memory-sample';
import { GcWindow, type Sample } from '../../src';
import { type Holdings, watchHoldings } from '../support/resources';
import helper, { statuses } from '../support/test-helper';

type Message = NodeMessage & { payload?: unknown; topic?: string; error?: { message: string } };

/** The sample node between a catch, a complete and a receiving node, as a person would wire it. */
function flowOf(config: Record<string, unknown>): object[] {
  return [
    { id: 'tab', type: 'tab' },
    { id: 'sample', type: 'memory-sample', z: 'tab', x: 1, y: 1, intervalMs: 0, ...config, wires: [['out']] },
    { id: 'catch', type: 'catch', z: 'tab', x: 1, y: 2, scope: null, uncaught: false, wires: [['caught']] },
    { id: 'complete', type: 'complete', z: 'tab', x: 1, y: 3, scope: ['sample'], wires: [['completed']] },
    ...['out', 'caught', 'completed'].map((id) => ({ id, type: 'helper', z: 'tab', x: 2, y: 1, wires: [] })),
  ];
}

async function load(config: Record<string, unknown> = {}): Promise<Node> {
  await helper.load(memorySample, flowOf(config));
  return helper.getNode('sample');
}

/** The next message that the node with this id receives. */
async function next(id: 'out' | 'caught' | 'completed'): Promise<Message> {
  const [msg] = await once(helper.getNode(id), 'input');
  return msg as Message;
}

async function answer(sample: Node, msg: Message): Promise<Message> {
  const sent = next('out');
  sample.receive(msg);
  return sent;
}

describe('memory-sample', () => {
  afterEach(() => helper.unload());

  describe('on a message', () => {
    it('sends a sample of this process', async () => {
      const { payload } = await answer(await load(), { payload: 'now' });
      const { pid, rss, headroom, gc } = payload as Sample;
      assert.equal(pid, process.pid);
      assert(rss !== null && rss > 2 ** 20);
      assert(headroom !== null && headroom.bytes > 0);
      assert.equal(gc, null, 'nothing observes between inputs');
    });

    it('passes the other properties of the message through', async () => {
      const message = { payload: 1, topic: 'kept', _msgid: 'same', parts: { index: 0 } };
      const { payload: _, ...rest } = await answer(await load(), message as Message);
      assert.deepEqual(rest, { topic: 'kept', _msgid: 'same', parts: { index: 0 } });
    });

    it('puts the sample where property says, and makes the way there', async () => {
      const sample = await load({ property: 'data["memory now"].self' });
      const sent = (await answer(sample, { payload: 'kept' })) as Message & {
        data: { 'memory now': { self: Sample } };
      };
      assert.equal(sent.payload, 'kept');
      assert.equal(sent.data['memory now'].self.pid, process.pid);
    });

    it('sends a copy of a frozen message', async () => {
      const frozen = Object.freeze({ _msgid: 'f', payload: 'old', topic: 'kept' });
      const sent = await answer(await load(), frozen);
      assert.equal((sent.payload as Sample).pid, process.pid);
      assert.deepEqual([sent.topic, sent._msgid, frozen.payload], ['kept', 'f', 'old']);
    });

    it('whose JSONata fails tells a catch node why', async () => {
      const sample = await load({ target: 'pid', targetValueType: 'jsonata', targetValue: '$((' });
      const caught = next('caught');
      sample.receive({ payload: 1 });
      assert.match((await caught).error?.message ?? '', /before end of expression/);
      assert.match(statuses(sample).at(-1)?.text ?? '', /before end of expression/);
    });

    it('that cannot take the sample tells a catch node why, and takes the next message', async () => {
      const sample = await load({ property: 'payload.memory' });
      for (const payload of [Object.freeze({ old: 1 }), 'a text']) {
        const caught = next('caught');
        sample.receive({ payload } as Message);
        assert.match(
          (await caught).error?.message ?? '',
          /property: msg\.payload\.memory cannot be set, expected/,
        );
        assert.match(statuses(sample).at(-1)?.text ?? '', /^property: msg/);
      }
      const { payload } = await answer(sample, { payload: {} });
      assert.equal((payload as { memory: Sample }).memory.pid, process.pid);
      assert.match(statuses(sample).at(-1)?.text ?? '', / free$/);
    });

    it('completes, so that a complete node hears of it', async () => {
      const sample = await load();
      const completed = next('completed');
      sample.receive({ payload: 'now', topic: 'kept' } as Message);
      assert.equal((await completed).topic, 'kept');
    });

    it('includes what is asked for and null for the rest', async () => {
      const { payload } = await answer(await load({ include: ['spaces', 'pools'] }), {});
      const { spaces, pools, container, system } = payload as Sample;
      assert(spaces && spaces.length > 3);
      assert.deepEqual([pools, container, system], [[], null, null]);
    });
  });

  describe('with an interval', () => {
    it('sends by itself, with the collections since the last sample', async () => {
      await load({ intervalMs: 10 });
      for (let i = 0; i < 3; i += 1) {
        const { gc } = (await next('out')).payload as Sample;
        assert.deepEqual(Object.keys(gc ?? {}), ['minor', 'major', 'pauseMs', 'maxPauseMs']);
      }
    });

    it('sends on a message too', async () => {
      const sample = await load({ intervalMs: 86_400_000 });
      assert.equal((await answer(sample, { topic: 'now' } as Message)).topic, 'now');
    });

    it('puts its samples where property says', async () => {
      await load({ intervalMs: 10, property: 'memory' });
      const sent = (await next('out')) as Message & { memory: Sample };
      assert.equal(sent.memory.pid, process.pid);
    });
  });

  it('with changePercent holds back what has not changed, and completes it', async () => {
    const sample = await load({ changePercent: 100 });
    let sent = 0;
    helper.getNode('out').on('input', () => {
      sent += 1;
    });
    for (let i = 0; i < 3; i += 1) {
      const completed = next('completed');
      sample.receive({ payload: i } as Message);
      await completed;
    }
    assert.equal(sent, 1);
  });

  it('shows memory and headroom in its status, in the colour that the share left deserves', async () => {
    const sample = await load();
    assert.deepEqual(statuses(sample), []);
    const { headroom } = (await answer(sample, {})).payload as Sample;
    const [{ fill, shape, text }] = statuses(sample) as [{ fill: string; shape: string; text: string }];
    assert.equal(shape, 'dot');
    assert.match(text, /^\d+(\.\d+)? [KMG]B · \d+ % free$/);
    const percent = headroom?.percent ?? 0;
    assert.equal(fill, percent < 8 ? 'red' : percent < 20 ? 'yellow' : 'green');
  });

  describe('with a wrong configuration', () => {
    for (const [field, value, expected] of [
      ['intervalMs', -5, '0 or 10 ms to 1 d'],
      ['intervalMs', 'soon', '0 or 10 ms to 1 d'],
      ['changePercent', 101, 'a number from 0 to 100 (%)'],
      ['property', '__proto__.x', 'the path of a msg property, such as payload or data.memory'],
      ['include', ['everything'], 'a list of spaces, container, system, pressure, pss, pools'],
    ] as const) {
      it(`turns red with the reason and refuses messages: ${field} ${JSON.stringify(value)}`, async () => {
        const sample = await load({ [field]: value });
        const reason = `${field}: ${JSON.stringify(value)} is not valid, expected ${expected}`;
        const [status] = statuses(sample);
        assert.equal(status?.fill, 'red');
        assert.equal(status?.text, reason.length > 80 ? `${reason.slice(0, 79)}…` : reason);
        const logged = helper.log().args.map(([entry]) => entry.msg);
        assert(logged.includes(reason), 'the log has the whole reason');

        const caught = next('caught');
        sample.receive({ payload: 1, topic: 'kept' } as Message);
        const { error, topic } = await caught;
        assert.deepEqual([error?.message, topic], [`ConfigError: ${reason}`, 'kept']);
      });
    }

    it('does not keep other nodes from working', async () => {
      const second = {
        id: 'second',
        type: 'memory-sample',
        z: 'tab',
        x: 1,
        y: 9,
        intervalMs: 0,
        wires: [['out']],
      };
      await helper.load(memorySample, [...flowOf({ intervalMs: Number.NaN }), second]);
      assert.equal(((await answer(helper.getNode('second'), {})).payload as Sample).pid, process.pid);
    });

    it('works again once it is put right', async () => {
      await load({ intervalMs: 'soon' });
      await helper.setFlows(flowOf({ intervalMs: 0 }));
      const { payload } = await answer(helper.getNode('sample'), {});
      assert.equal((payload as Sample).pid, process.pid);
    });
  });

  describe('holds', () => {
    const NOTHING = { timers: 0, descriptors: 0, observing: false };
    let holdings: ReturnType<typeof watchHoldings>;
    let before: Holdings;

    beforeEach(async () => {
      holdings = watchHoldings();
      before = await holdings.count();
      const { listeners: _, ...held } = before;
      assert.deepEqual(held, NOTHING);
    });

    afterEach(() => holdings.stop());

    it('no timer, observer, listener or open file while it is idle without interval', async () => {
      await load({ intervalMs: 0 });
      assert.deepEqual(await holdings.count(), before);
    });

    it('no timer or observer after messages, and no more files after many than after one', async () => {
      const sample = await load({ intervalMs: 0 });
      await answer(sample, {});
      const once = await holdings.count();
      assert.deepEqual([once.timers, once.observing, once.listeners], [0, false, before.listeners]);
      for (let i = 0; i < 20; i += 1) await answer(sample, {});
      assert.deepEqual(await holdings.count(), once);
    });

    it('one timer and the one observer with an interval', async () => {
      await load({ intervalMs: 10 });
      await next('out');
      const { timers, observing } = await holdings.count();
      assert.deepEqual({ timers, observing }, { timers: 1, observing: true });
    });

    it('nothing after its flow was stopped', async () => {
      await load({ intervalMs: 10 });
      await next('out');
      await helper.unload();
      assert.deepEqual(await holdings.count(), before);
    });

    it('nothing when it is closed before its first sample', async () => {
      await load({ intervalMs: 86_400_000 });
      await helper.unload();
      assert.deepEqual(await holdings.count(), before);
    });

    it('nothing when it is closed while the value of its target is on its way', async () => {
      const sample = await load({ target: 'tree', targetValueType: 'jsonata', targetValue: '""' });
      sample.receive({});
      await helper.unload();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(await holdings.count(), before);
    });

    it('nothing with a wrong configuration', async () => {
      await load({ intervalMs: -1 });
      assert.deepEqual(await holdings.count(), before);
    });

    it('after 20 deploys what it held after the first', async function () {
      this.timeout(30_000);
      await load({ intervalMs: 10 });
      await next('out');
      const first = await holdings.count();
      const events = helper._events.eventNames().map((name) => helper._events.listenerCount(name));
      for (let i = 0; i < 20; i += 1) {
        await helper.setFlows(flowOf({ intervalMs: 10, name: `deploy ${i}` }));
        await next('out');
      }
      assert.deepEqual(await holdings.count(), first);
      assert.deepEqual(
        helper._events.eventNames().map((name) => helper._events.listenerCount(name)),
        events,
      );
    });
  });

  it('does not stop another observer of collections when it goes', async () => {
    const other = new GcWindow();
    await load({ intervalMs: 10 });
    await next('out');
    await helper.unload();
    assert.notEqual(other.take(), null);
    other.close();
  });
});
