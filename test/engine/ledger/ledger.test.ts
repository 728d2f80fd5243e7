import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Ledger, type Outcome } from '../../../src/ledger';
import { hooks, type LiveNode, type Msg, type NodeOptions, turns, world } from './flow-world';

interface Tracked {
  buffer: Buffer;
  outcomes: Outcome[];
  release(): void;
}

const PASS: NodeOptions['input'] = (msg, send, done) => {
  send(msg);
  done();
};

describe('the ledger', () => {
  let ledger: Ledger;

  beforeEach(() => {
    ledger = new Ledger();
    ledger.attach(hooks);
  });

  afterEach(() => {
    assert.equal(ledger.lastFault, null);
    ledger.attach(null);
    assert.equal(hooks.has('onReceive.headroom'), false);
  });

  function track(size = 64): Tracked {
    const buffer = Buffer.allocUnsafeSlow(size);
    const outcomes: Outcome[] = [];
    const token = ledger.open({
      kind: 'test',
      memory: buffer.buffer as ArrayBuffer,
      trail: true,
      onEnd: (outcome) => outcomes.push(outcome),
    });
    return { buffer, outcomes, release: () => token.release() };
  }

  /** Sends one tracked buffer from `source` and drops the opener's reference. */
  function sendFrom(node: LiveNode, msg: (buffer: Buffer) => unknown = (payload) => ({ payload })): Tracked {
    const tracked = track();
    node.send(msg(tracked.buffer));
    tracked.release();
    return tracked;
  }

  const CLEAN: Outcome = { reason: 'done', clean: true };

  it('installs no hook until a token is open, and removes them once none is left', async () => {
    assert.equal(ledger.active, false);
    const { release } = track();
    assert.equal(ledger.active, true);
    assert.equal(hooks.has('preDeliver.headroom'), true);
    release();
    await turns(2);
    ledger.sweep();
    assert.equal(ledger.active, false);
    assert.equal(hooks.has('preDeliver.headroom'), false);
  });

  it('ends a token after fan-out when the slowest branch is done', async () => {
    let finish: () => void = () => {};
    const flow = world([
      { id: 'source', wires: [['a', 'b', 'c']] },
      { id: 'a', input: (_msg, _send, done) => done() },
      { id: 'b', wires: [['a']], input: PASS },
      { id: 'c', input: (_msg, _send, done) => (finish = done) },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, []);
    finish();
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
  });

  const CARRIERS: [string, (buffer: Buffer) => Msg][] = [
    ['a new object with the same payload', (payload) => ({ payload })],
    ['a slice of the buffer', (buffer) => ({ payload: buffer.subarray(10, 20) })],
    ['another kind of view', (buffer) => ({ view: new Uint16Array(buffer.buffer, 0, 4) })],
    ['the ArrayBuffer itself', (buffer) => ({ payload: buffer.buffer })],
    ['a buffer deep in an object', (buffer) => ({ payload: { image: { data: [buffer] } } })],
    ['a buffer in a Map', (buffer) => ({ payload: new Map([['data', buffer]]) })],
  ];
  for (const [what, make] of CARRIERS) {
    it(`follows ${what}`, async () => {
      let finish: () => void = () => {};
      const flow = world([
        { id: 'source', wires: [['maker']] },
        {
          id: 'maker',
          wires: [['keeper']],
          input(msg, send, done) {
            send(make(msg.payload as Buffer));
            done();
          },
        },
        { id: 'keeper', input: (_msg, _send, done) => (finish = done) },
      ]);
      const { outcomes } = sendFrom(flow.node('source'));
      await turns();
      assert.deepEqual(outcomes, []);
      finish();
      await turns();
      assert.deepEqual(outcomes, [CLEAN]);
    });
  }

  it('ends a token as soon as a node replaces the payload', async () => {
    let finish: () => void = () => {};
    const flow = world([
      { id: 'source', wires: [['replace']] },
      {
        id: 'replace',
        wires: [['keeper']],
        input(msg, send, done) {
          msg.payload = 'text';
          send(msg);
          done();
        },
      },
      { id: 'keeper', input: (_msg, _send, done) => (finish = done) },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
    finish();
  });

  it('hands a token from a failing node to the catch node, and tells the error', async () => {
    let caught: Msg | null = null;
    let finish: () => void = () => {};
    const error = new Error('broken');
    const flow = world([
      { id: 'source', wires: [['fails']] },
      { id: 'fails', input: (_msg, _send, done) => done(error) },
      {
        id: 'catch',
        type: 'catch',
        input(msg, _send, done) {
          caught = msg;
          finish = done;
        },
      },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.ok(caught);
    assert.deepEqual(outcomes, []);
    finish();
    await turns();
    assert.deepEqual(outcomes, [{ reason: 'error', error, clean: true }]);
  });

  it('hands a token over to the complete node', async () => {
    let finish: () => void = () => {};
    const flow = world([
      { id: 'source', wires: [['a']] },
      { id: 'a', input: (_msg, _send, done) => done() },
      { id: 'complete', type: 'complete', scope: ['a'], input: (_msg, _send, done) => (finish = done) },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, []);
    finish();
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
  });

  it('keeps what a node sends right after calling done', async () => {
    let finish: () => void = () => {};
    const flow = world([
      { id: 'source', wires: [['hasty']] },
      {
        id: 'hasty',
        wires: [['keeper']],
        async input(msg, send, done) {
          done();
          await null;
          await null;
          send(msg);
        },
      },
      { id: 'keeper', input: (_msg, _send, done) => (finish = done) },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, []);
    finish();
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
  });

  it('takes a node that sends long after done for one that may use what it gets', async () => {
    const late: string[] = [];
    const flow = world([
      { id: 'source', wires: [['late']] },
      {
        id: 'late',
        wires: [['sink']],
        input(msg, send, done) {
          setTimeout(() => send(msg), 5);
          done();
        },
      },
      { id: 'sink', input: (_msg, _send, done) => done() },
    ]);
    const buffer = Buffer.allocUnsafeSlow(64);
    const outcomes: Outcome[] = [];
    const token = ledger.open({
      kind: 'test',
      memory: buffer.buffer as ArrayBuffer,
      onEnd: (outcome) => outcomes.push(outcome),
      onLateUse: (node) => late.push(node.id),
    });
    flow.node('source').send({ payload: buffer });
    token.release();
    await pause(20);
    assert.deepEqual([outcomes, late], [[CLEAN], ['late']]);
    const second = sendFrom(flow.node('source'));
    await pause(20);
    assert.deepEqual(second.outcomes, [{ reason: 'done', clean: false }]);
  });

  it('takes a second done as nothing', async () => {
    let finish: () => void = () => {};
    const flow = world([
      { id: 'source', wires: [['twice', 'keeper']] },
      {
        id: 'twice',
        input(_msg, _send, done) {
          done();
          done();
        },
      },
      { id: 'keeper', input: (_msg, _send, done) => (finish = done) },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, []);
    finish();
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
  });

  it('counts the same object twice at one node when it is sent twice', async () => {
    const dones: (() => void)[] = [];
    const flow = world([
      { id: 'source', wires: [['keeper']] },
      { id: 'keeper', input: (_msg, _send, done) => dones.push(done) },
    ]);
    const { buffer, release, outcomes } = track();
    const msg = { payload: buffer };
    flow.node('source').send(msg);
    flow.node('source').send(msg);
    release();
    await turns();
    dones[0]?.();
    await turns();
    assert.deepEqual(outcomes, []);
    dones[1]?.();
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
  });

  it('takes an old-style node that sends on at once for done', async () => {
    const flow = world([
      { id: 'source', wires: [['old']] },
      {
        id: 'old',
        wires: [['sink']],
        oldInput(msg) {
          Promise.resolve().then(() => this.send(msg));
        },
      },
      { id: 'sink', input: (_msg, _send, done) => done() },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, [CLEAN]);
  });

  it('does not call it clean when an old-style node may have kept the message', async () => {
    const flow = world([
      { id: 'source', wires: [['old']] },
      { id: 'old', oldInput() {} },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, [{ reason: 'done', clean: false }]);
  });

  for (const type of ['http response', 'tcp out', 'websocket out', 'trigger']) {
    it(`does not call it clean after a ${type} node`, async () => {
      const flow = world([
        { id: 'source', wires: [['last']] },
        { id: 'last', type, input: (_msg, _send, done) => done() },
      ]);
      const { outcomes } = sendFrom(flow.node('source'));
      await turns();
      assert.deepEqual(outcomes, [{ reason: 'done', clean: false }]);
    });
  }

  it('does not call it clean when a message is too big to be looked through', async () => {
    const flow = world([
      { id: 'source', wires: [['hide']] },
      {
        id: 'hide',
        wires: [['sink']],
        input(msg, send, done) {
          send({ payload: [...Array.from({ length: 500 }, () => ({})), msg.payload] });
          done();
        },
      },
      { id: 'sink', input: (_msg, _send, done) => done() },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    assert.deepEqual(outcomes, [{ reason: 'done', clean: false }]);
  });

  it('does not mind a message whose properties throw', async () => {
    const flow = world([
      { id: 'source', wires: [['sink']] },
      { id: 'sink', input: (_msg, _send, done) => done() },
    ]);
    const nasty = {
      get data() {
        throw new Error('no');
      },
    };
    const { outcomes } = sendFrom(flow.node('source'), (payload) => ({ payload, nasty }));
    await turns();
    assert.equal(outcomes.length, 1);
  });

  it('ends what a stopped node held, and does not call it clean', async () => {
    const flow = world([
      { id: 'source', wires: [['keeper']] },
      { id: 'keeper', input() {} },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await turns();
    ledger.nodesStopped(flow.isRunning);
    assert.deepEqual(outcomes, []);
    await flow.stop('keeper');
    ledger.nodesStopped(flow.isRunning);
    await turns();
    assert.deepEqual(outcomes, [{ reason: 'stopped', clean: false }]);
  });

  it('ends what was on its way to a node that was closed meanwhile', async () => {
    const flow = world([
      { id: 'source', wires: [['keeper']] },
      { id: 'keeper', input() {} },
    ]);
    const { outcomes } = sendFrom(flow.node('source'));
    await flow.node('keeper').close();
    await turns();
    assert.equal(outcomes.length, 1);
  });

  it('gives up what another hook stopped on its way', async () => {
    const flow = world([
      { id: 'source', wires: [['sink']] },
      { id: 'sink', input: (_msg, _send, done) => done() },
    ]);
    const { buffer, release, outcomes } = track();
    hooks.add('preDeliver.stopper', () => false as never);
    flow.node('source').send({ payload: buffer });
    hooks.remove('*.stopper');
    release();
    await turns();
    assert.deepEqual(outcomes, []);
    ledger.sweep(Date.now() + 5_000);
    await turns();
    assert.deepEqual(outcomes, [{ reason: 'given-up', clean: false }]);
  });

  it('does not mind what is no object', async () => {
    const flow = world([{ id: 'sink', input: (_msg, _send, done) => done() }]);
    const unwatch = ledger.watch();
    flow.node('sink').receive('text' as never);
    ledger.sweep(Date.now() + 5_000);
    assert.deepEqual([...ledger.holdings()], []);
    unwatch();
  });

  it('remembers the last nodes that received a token', async () => {
    const flow = world([
      { id: 'source', wires: [['a']] },
      { id: 'a', name: 'resize', wires: [['b']], input: PASS },
      { id: 'b', input() {} },
    ]);
    const buffer = Buffer.allocUnsafeSlow(64);
    const token = ledger.open({
      kind: 'test',
      memory: buffer.buffer as ArrayBuffer,
      trail: true,
      onEnd() {},
    });
    flow.node('source').send({ payload: buffer });
    token.release();
    await turns();
    assert.deepEqual(
      token.trail.map((node) => node.id),
      ['a', 'b'],
    );
    token.end();
  });
});
