import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Ledger, type Outcome, type TokenSpec } from '../../../src/ledger';
import { hooks, type LiveNode, type Msg, type NodeOptions, turns, world } from './flow-world';

/**
 * The model: what a flow's author would say who holds a buffer. Every node of a random flow tells the model what
 * it receives, sends and finishes, by its own count of wires and completions, knowing nothing of hooks.
 */
interface Tracked {
  buffer: Buffer;
  /** Messages sent and not yet received, plus messages received and not yet finished. */
  holders: number;
  /** Held for ever by node id. */
  stuck: Map<string, number>;
  /** Some holder may use it later although the rules say it is done. */
  unsafe: boolean;
  ends: Outcome[];
  heldAtEnd: number;
}

const BEHAVIOURS = [
  'pass',
  'passLater',
  'doneLater',
  'never',
  'sendNever',
  'doneTwice',
  'doneThenSend',
  'throws',
  'fails',
  'drop',
  'newObject',
  'nested',
  'replace',
  'sameTwice',
  'oldSync',
  'oldLater',
  'oldDrop',
  'gather',
] as const;
type Behaviour = (typeof BEHAVIOURS)[number];

const OLD = new Set<Behaviour>(['oldSync', 'oldLater', 'oldDrop']);

class Model {
  readonly tracked: Tracked[] = [];
  stopped = false;

  constructor(readonly wires: string[][]) {}

  track(): TokenSpec {
    const buffer = Buffer.allocUnsafeSlow(16);
    const tracked: Tracked = { buffer, holders: 0, stuck: new Map(), unsafe: false, ends: [], heldAtEnd: 0 };
    this.tracked.push(tracked);
    return {
      kind: 'test',
      memory: buffer.buffer as ArrayBuffer,
      onEnd(outcome) {
        tracked.heldAtEnd = tracked.holders;
        tracked.ends.push(outcome);
      },
    };
  }

  carriedBy(msg: unknown): Tracked[] {
    const seen = new Set<ArrayBufferLike>();
    const look = (value: unknown): void => {
      if (ArrayBuffer.isView(value)) seen.add(value.buffer);
      else if (typeof value === 'object' && value !== null)
        for (const each of Object.values(value)) look(each);
    };
    look(msg);
    return this.tracked.filter(({ buffer, ends }) => seen.has(buffer.buffer) && ends.length === 0);
  }

  sent(from: number, msg: unknown): void {
    if (this.stopped) return;
    for (const each of this.carriedBy(msg)) each.holders += this.wires[from]?.length ?? 0;
  }

  /** Takes a message in; the result ends that, and may be called more than once. */
  received(msg: Msg, direct: boolean): { finish(): void; stuckAt(id: string): void; unsafe(): void } {
    const carried = this.carriedBy(msg);
    if (direct) for (const each of carried) each.holders += 1;
    let finished = false;
    return {
      finish: () => {
        if (finished || this.stopped) return;
        finished = true;
        for (const each of carried) each.holders -= 1;
      },
      stuckAt(id) {
        for (const each of carried) each.stuck.set(id, (each.stuck.get(id) ?? 0) + 1);
      },
      unsafe() {
        for (const each of carried) each.unsafe = true;
      },
    };
  }
}

function behave(model: Model, index: number, behaviour: Behaviour): NodeOptions {
  const id = `n${index}`;
  const gathered: { payload: unknown; finish(): void; done(): void }[] = [];
  const direct = behaviour !== 'gather' && index === 0;
  const out = (send: (msg: unknown) => void, msg: unknown): void => {
    model.sent(index, msg);
    send(msg);
  };
  const options: NodeOptions = {
    id,
    wires: [model.wires[index] ?? []],
    ...(direct ? { type: 'catch' } : {}),
  };
  if (OLD.has(behaviour)) {
    return {
      ...options,
      oldInput(this: LiveNode, msg: Msg) {
        const held = model.received(msg, direct);
        if (behaviour === 'oldSync') out((each) => this.send(each), msg);
        else held.unsafe();
        if (behaviour === 'oldLater') void turns(3).then(() => out((each) => this.send(each), msg));
        // A node wired to nothing cannot be told from one that keeps the message.
        if (model.wires[index]?.length === 0) held.unsafe();
        held.finish();
      },
    };
  }
  return {
    ...options,
    input(msg, send, done) {
      const held = model.received(msg, direct);
      // The model's holder ends before done is called: the ledger may end tokens from then on.
      const finish = (error?: unknown): void => {
        held.finish();
        done(error);
      };
      switch (behaviour) {
        case 'pass':
          out(send, msg);
          return finish();
        case 'passLater':
          return void turns(2).then(() => {
            out(send, msg);
            finish();
          });
        case 'doneLater':
          out(send, msg);
          return void turns(4).then(() => finish());
        case 'never':
          return held.stuckAt(id);
        case 'sendNever':
          held.stuckAt(id);
          return out(send, msg);
        case 'doneTwice':
          out(send, msg);
          finish();
          return finish();
        case 'doneThenSend':
          done();
          return void Promise.resolve().then(() => {
            out(send, msg);
            held.finish();
          });
        case 'throws':
          held.stuckAt(id);
          throw new Error('thrown');
        case 'fails':
          return finish(new Error('failed'));
        case 'drop':
          return finish();
        case 'newObject':
          out(send, { payload: msg.payload });
          return finish();
        case 'nested':
          out(send, { topic: { list: [1, msg.payload] } });
          return finish();
        case 'replace':
          out(send, { ...msg, payload: 'replaced' });
          return finish();
        case 'sameTwice':
          out(send, msg);
          out(send, msg);
          return finish();
        default:
          gathered.push({ payload: msg.payload, finish: held.finish, done });
          if (gathered.length < 3) return held.stuckAt(id);
          // The two that were stuck here are not any more.
          for (const each of model.tracked) each.stuck.delete(id);
          out(send, { payload: gathered.map((each) => each.payload) });
          for (const each of gathered.splice(0)) {
            each.finish();
            each.done();
          }
      }
    },
  };
}

const planArbitrary = fc.record({
  nodes: fc.array(
    fc.record({ behaviour: fc.constantFrom(...BEHAVIOURS), wires: fc.array(fc.nat(), { maxLength: 2 }) }),
    { minLength: 3, maxLength: 7 },
  ),
  messages: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
});

interface Plan {
  nodes: { behaviour: Behaviour; wires: number[] }[];
  messages: number[];
}

/** Runs one random flow until it rests, holds the ledger's word against the model's, and deploys. */
async function play({ nodes, messages }: Plan): Promise<void> {
  const ledger = new Ledger();
  ledger.attach(hooks);
  // Wires lead forwards only, and the catch node, node 0, nowhere, so that every flow comes to rest.
  const wires = nodes.map((node, index) =>
    (index === 0 ? [] : [...new Set(node.wires)])
      .map((to) => index + 1 + (to % nodes.length))
      .filter((to) => to < nodes.length)
      .map((to) => `n${to}`),
  );
  const sources = messages.map((start) => [`n${1 + (start % (nodes.length - 1))}`]);
  const model = new Model([...wires, ...sources]);
  const flow = world([
    ...nodes.map((node, index) => behave(model, index, node.behaviour)),
    ...sources.map((to, index) => ({ id: `source${index}`, wires: [to] })),
  ]);
  try {
    for (let index = 0; index < sources.length; index += 1) {
      const token = ledger.open(model.track());
      const msg = { payload: model.tracked[index]?.buffer };
      model.sent(nodes.length + index, msg);
      flow.node(`source${index}`).send(msg);
      token.release();
    }
    await turns(60);
    for (const tracked of model.tracked) compare(tracked, ledger);
    model.stopped = true;
    ledger.nodesStopped(() => false);
    await turns(4);
    for (const { ends, stuck } of model.tracked) {
      assert.equal(ends.length, 1, 'a deploy ends what was held');
      if (stuck.size > 0) assert.deepEqual(ends[0], { ...ends[0], reason: 'stopped', clean: false });
    }
    assert.equal(ledger.live, 0);
    assert.equal(ledger.lastFault, null);
  } finally {
    ledger.attach(null);
    await Promise.all([...flow.nodes.values()].map((node) => node.close()));
  }
}

function compare({ ends, stuck, heldAtEnd, unsafe }: Tracked, ledger: Ledger): void {
  if (stuck.size === 0) {
    assert.equal(ends.length, 1, 'a token that nobody holds has ended once');
    assert.equal(heldAtEnd, 0, 'nobody held it when it ended');
    if (unsafe) assert.equal(ends[0]?.clean, false, 'what may still be used is not clean');
    return;
  }
  assert.equal(ends.length, 0, 'a token that is held has not ended');
  for (const id of stuck.keys()) {
    const holdings = [...ledger.holdings()].find((each) => each.node.id === id);
    assert.ok(holdings && holdings.count > 0, `${id} is named as a holder`);
  }
}

describe('the ledger against a model of random flows', () => {
  it('ends every token once, never while somebody holds it, and names who never completes', async function () {
    this.timeout(120_000);
    await fc.assert(fc.asyncProperty(planArbitrary, play), { numRuns: 1_000 });
  });
});
