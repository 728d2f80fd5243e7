import assert from 'node:assert/strict';
import { Ledger, type Outcome, type Token } from '../../../src/ledger';
import { hooks, type LiveNode, type Msg, type NodeOptions, turns, world } from './flow-world';

describe('descent tokens', () => {
  let ledger: Ledger;
  let ends: Outcome[];
  let gathered: number;

  beforeEach(() => {
    ledger = new Ledger();
    ledger.attach(hooks);
    ends = [];
    gathered = 0;
  });

  afterEach(() => {
    assert.equal(ledger.lastFault, null);
    ledger.attach(null);
  });

  /** source → maker → keeper; the keeper holds until the returned function is called. */
  function start(maker: NodeOptions['input'], keeperType = 'test'): { finish(): void; received: Msg[] } {
    const dones: (() => void)[] = [];
    const received: Msg[] = [];
    const flow = world([
      { id: 'source', wires: [['maker']] },
      { id: 'maker', wires: [['keeper']], ...(maker && { input: maker }) },
      {
        id: 'keeper',
        type: keeperType,
        input(msg, _send, done) {
          received.push(msg);
          dones.push(done);
        },
      },
    ]);
    const token = ledger.open({
      kind: 'test',
      descends: true,
      onEnd: (outcome) => ends.push(outcome),
      onGathered: () => {
        gathered += 1;
      },
    });
    const msg: Msg = { payload: 1 };
    ledger.put(token, msg);
    flow.node('source').send(msg);
    token.release();
    return { finish: () => dones.splice(0).forEach((done) => void done()), received };
  }

  const MAKERS: [string, NodeOptions['input']][] = [
    [
      'the same message changed',
      (msg, send, done) => {
        msg.payload = 2;
        send(msg);
        done();
      },
    ],
    [
      'a spread copy',
      (msg, send, done) => {
        send({ ...msg, payload: 2 });
        done();
      },
    ],
    [
      'a clone',
      (msg, send, done) => {
        send([[msg, msg]]);
        done();
      },
    ],
    [
      'a wholly new object',
      (_msg, send, done) => {
        send({ payload: 2 });
        done();
      },
    ],
    [
      'a new object after a timer and a promise',
      (_msg, send, done) => {
        setTimeout(async () => {
          await null;
          send({ payload: 2 });
          done();
        }, 2);
      },
    ],
  ];
  for (const [what, maker] of MAKERS) {
    it(`follow ${what}`, async () => {
      const { finish, received } = start(maker);
      for (let wait = 0; received.length === 0 && wait < 1_000; wait += 1) await turns(1);
      assert.equal(received.length > 0, true);
      assert.deepEqual(ends, []);
      finish();
      await turns();
      assert.deepEqual(ends, [{ reason: 'done', clean: true }]);
    });
  }

  it('do not follow what another node sends by itself', async () => {
    const flow = world([
      { id: 'source', wires: [['trigger']] },
      {
        id: 'trigger',
        input(_msg, _send, done) {
          flow.node('other').send({ payload: 'unrelated' });
          done();
        },
      },
      { id: 'other', wires: [['keeper']] },
      { id: 'keeper', input() {} },
    ]);
    const token = ledger.open({ kind: 'test', descends: true, onEnd: (outcome) => ends.push(outcome) });
    const msg: Msg = {};
    ledger.put(token, msg);
    flow.node('source').send(msg);
    token.release();
    await turns();
    assert.equal(ends.length, 1);
  });

  it('say when only a gathering node holds them, and live on', async () => {
    const { finish } = start((msg, send, done) => {
      send(msg);
      done();
    }, 'join');
    await turns();
    assert.deepEqual([gathered, ends.length], [1, 0]);
    finish();
    await turns();
    assert.deepEqual([gathered, ends.length], [1, 1]);
  });

  it('say when what was gathered flows on, each time', async () => {
    const told: string[] = [];
    const held: (() => void)[] = [];
    const gatherer = (wires: string[][]): Partial<NodeOptions> => ({
      type: 'join',
      wires,
      input: (msg, send, done) => {
        held.push(() => {
          send({ ...msg });
          done();
        });
      },
    });
    const flow = world([
      { id: 'source', wires: [['first']] },
      { id: 'first', ...gatherer([['slow']]) },
      {
        id: 'slow',
        wires: [['second']],
        input: (msg, send, done) => void held.push(() => [send(msg), done()]),
      },
      { id: 'second', ...gatherer([]) },
    ]);
    const token = ledger.open({
      kind: 'test',
      descends: true,
      onEnd: () => told.push('end'),
      onGathered: () => told.push('gathered'),
      onFlowsOn: () => told.push('flows on'),
    });
    const msg: Msg = {};
    ledger.put(token, msg);
    flow.node('source').send(msg);
    token.release();
    for (let step = 0; step < 3; step += 1) {
      await turns();
      held.shift()?.();
    }
    await turns();
    assert.deepEqual(told, ['gathered', 'flows on', 'gathered', 'end']);
  });

  it('do not call a node gathering that only is slow', async () => {
    const { finish } = start((msg, send, done) => {
      send(msg);
      done();
    }, 'delay');
    await turns();
    assert.equal(gathered, 0);
    finish();
    await turns();
  });

  it('survive a message that cannot be written to', async () => {
    const { finish } = start((_msg, send, done) => {
      send(Object.freeze({ _msgid: 'x', payload: 2 }));
      done();
    });
    await turns();
    assert.deepEqual(ends, []);
    finish();
    await turns();
    assert.equal(ends.length, 1);
  });

  function open(onEnd: (outcome: Outcome) => void = (outcome) => void ends.push(outcome)): Token {
    return ledger.open({ kind: 'test', descends: true, onEnd });
  }

  for (const [what, onGathered] of [
    ['follow what a gathering node makes of several messages, until that is done', undefined],
    ['that are told when they are gathered end with the set', () => {}],
  ] as const) {
    it(what, async () => {
      const held: { msg: Msg; done(): void }[] = [];
      const kept: (() => void)[] = [];
      const flow = world([
        { id: 'source', wires: [['join']] },
        {
          id: 'join',
          type: 'join',
          wires: [['keeper']],
          input(msg, send, done) {
            held.push({ msg, done });
            if (held.length < 3) return;
            // As core join does: a clone of the last, then done for all.
            send({ ...msg, payload: held.map((each) => each.msg.payload) });
            for (const each of held) each.done();
          },
        },
        { id: 'keeper', input: (_msg, _send, done) => void kept.push(done) },
      ]);
      for (let part = 0; part < 3; part += 1) {
        const onEnd = (outcome: Outcome): void => void ends.push(outcome);
        const token = ledger.open({ kind: 'test', descends: true, onEnd, ...(onGathered && { onGathered }) });
        const msg: Msg = { payload: part };
        ledger.put(token, msg);
        flow.node('source').send(msg);
        token.release();
        await turns();
      }
      // All but the last, whose message went on.
      assert.deepEqual([kept.length, ends.length], [1, onGathered ? 2 : 0]);
      kept[0]?.();
      await turns();
      assert.equal(ends.length, 3);
    });
  }

  it('of one message go on with an object that its node uses again for the next', async () => {
    const template: Msg = {};
    const kept: (() => void)[] = [];
    const flow = world([
      { id: 'source', wires: [['maker']] },
      {
        id: 'maker',
        wires: [['keeper']],
        input(msg, send, done) {
          template.payload = msg.payload;
          send(template);
          done();
        },
      },
      { id: 'keeper', input: (_msg, _send, done) => void kept.push(done) },
    ]);
    for (let round = 0; round < 3; round += 1) {
      const token = open();
      const msg: Msg = { payload: round };
      ledger.put(token, msg);
      flow.node('source').send(msg);
      token.release();
      await turns();
      assert.equal(ends.length, round, 'still held');
      kept[round]?.();
      await turns();
      assert.equal(ends.length, round + 1);
    }
  });

  it('do not go over to other messages that a timer of theirs sends', async () => {
    const queue: { msg: Msg; done(): void }[] = [];
    let timer: NodeJS.Timeout | null = null;
    const kept: { payload: unknown; done(): void }[] = [];
    const flow = world([
      { id: 'source', wires: [['limit']] },
      {
        id: 'limit',
        wires: [['keeper']],
        input(this: LiveNode, msg, _send, done) {
          queue.push({ msg, done });
          // As core delay does to limit a rate: the first message starts a timer that sends all.
          timer ??= setInterval(() => {
            const next = queue.shift();
            if (!next) return;
            this.send(next.msg);
            next.done();
          }, 2);
        },
      },
      { id: 'keeper', input: (msg, _send, done) => void kept.push({ payload: msg.payload, done }) },
    ]);
    const token = open();
    const msg: Msg = { payload: 'followed' };
    ledger.put(token, msg);
    flow.node('source').send(msg);
    token.release();
    flow.node('source').send({ payload: 'other' });
    while (kept.length < 2) await turns(1);
    if (timer) clearInterval(timer);
    assert.equal(ends.length, 0);
    kept.find(({ payload }) => payload === 'followed')?.done();
    await turns();
    assert.equal(ends.length, 1, 'the other message does not matter');
  });

  /** source → worker → keeper; each answer of the worker is a wholly new object, sent when the test says so. */
  function worker(): { send(msg: Msg): void; work: (() => void)[]; node: LiveNode; kept: Kept[] } {
    const work: (() => void)[] = [];
    const kept: Kept[] = [];
    const flow = world([
      { id: 'source', wires: [['worker']] },
      {
        id: 'worker',
        wires: [['keeper']],
        input: async ({ payload }, send, done) => {
          await new Promise<void>((resolve) => void work.push(resolve));
          send({ payload });
          done();
        },
      },
      { id: 'keeper', input: ({ payload }, _send, done) => void kept.push({ payload, done }) },
    ]);
    return { send: (msg) => flow.node('source').send(msg), work, node: flow.node('worker'), kept };
  }
  type Kept = { payload: unknown; done(): void };

  async function sendFollowed(
    send: (msg: Msg) => void,
    payload = 'followed',
    ended?: () => void,
  ): Promise<void> {
    const token = open(ended);
    const msg: Msg = { payload };
    ledger.put(token, msg);
    send(msg);
    token.release();
    await turns();
  }

  it('of each message go on with the new object made of it, in whatever order its node answers', async () => {
    const { send, work, kept } = worker();
    const ended: unknown[] = [];
    for (const payload of ['first', 'second', 'third']) {
      await sendFollowed(send, payload, () => void ended.push(payload));
    }
    for (const answer of [2, 0, 1]) {
      work[answer]?.();
      await turns();
    }
    const order = ['second', 'third', 'first'];
    for (const [at, name] of order.entries()) {
      kept.find(({ payload }) => payload === name)?.done();
      await turns();
      assert.deepEqual(ended, order.slice(0, at + 1));
    }
  });

  it('are not given to the answer to another message, which came while the first was worked on', async () => {
    const { send, work, kept } = worker();
    await sendFollowed(send);
    send({ payload: 'other', _msgid: 'other' });
    await turns();
    for (const answer of work) answer();
    await turns();
    kept.find(({ payload }) => payload === 'followed')?.done();
    await turns();
    assert.equal(ends.length, 1);
  });

  it('are not given to what a node sends when it has been done with their message', async () => {
    const { send, work, node, kept } = worker();
    await sendFollowed(send);
    work[0]?.();
    await turns();
    node.send({ payload: 'by itself' });
    await turns();
    assert.deepEqual([kept.length, ends.length], [2, 0]);
    kept[0]?.done();
    await turns();
    assert.equal(ends.length, 1);
  });

  it('of an inner body end before what their end sends, which still belongs to the outer one', async () => {
    const order: string[] = [];
    const outer = open(() => void order.push('outer'));
    const kept: (() => void)[] = [];
    const flow = world([
      { id: 'source', wires: [['scope']] },
      {
        id: 'scope',
        wires: [['body'], ['after']],
        input(msg, send, done) {
          const rest = { ...msg };
          const inner = open(() => {
            order.push('inner');
            send([null, { ...rest, payload: 'end' }]);
            done();
          });
          ledger.put(inner, msg);
          send([msg, null]);
          inner.release();
        },
      },
      {
        id: 'body',
        input(_msg, _send, done) {
          done();
        },
      },
      { id: 'after', input: (_msg, _send, done) => void kept.push(done) },
    ]);
    const msg: Msg = {};
    ledger.put(outer, msg);
    flow.node('source').send(msg);
    outer.release();
    await turns();
    assert.deepEqual(order, ['inner']);
    kept[0]?.();
    await turns();
    assert.deepEqual(order, ['inner', 'outer']);
  });

  it('are not given to what an end sends by itself', async () => {
    const kept: (() => void)[] = [];
    const flow = world([
      { id: 'source', wires: [['body']] },
      { id: 'body', wires: [['after']], input: (_msg, _send, done) => done() },
      { id: 'after', input: (_msg, _send, done) => void kept.push(done) },
    ]);
    const held = open();
    const token = open(() => flow.node('body').send({ payload: 'end' }));
    const msg: Msg = {};
    ledger.put(token, msg);
    ledger.put(held, msg);
    flow.node('source').send(msg);
    token.release();
    held.release();
    await turns();
    assert.deepEqual([kept.length, ends.length], [1, 1]);
    kept[0]?.();
    await turns();
  });
});
