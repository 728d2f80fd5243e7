import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type DropFrom,
  type GateMode,
  Gates,
  type GatesOptions,
  type GatesState,
  type WhenClosed,
} from '../../../src/gate';

interface Message {
  key: string;
  id: number;
  bytes: number;
}

class Flow {
  readonly passed: Message[] = [];
  readonly diverted: Message[] = [];
  readonly dropped: Message[] = [];
  offered = 0;
  readonly gates: Gates<Message>;

  constructor(options: Partial<GatesOptions<Message>> = {}, last?: Flow, state?: GatesState<Message>) {
    if (last) {
      this.passed = last.passed;
      this.diverted = last.diverted;
      this.dropped = last.dropped;
      this.offered = last.offered;
    }
    this.gates = new Gates<Message>({
      whenClosed: 'queue',
      queueMaxBytes: 100,
      weigh: ({ bytes }) => bytes,
      pass: (message) => this.passed.push(message),
      divert: (message) => this.diverted.push(message),
      drop: (message) => this.dropped.push(message),
      ...options,
    });
    if (state) this.gates.restore(state);
  }

  send(key = 'a', bytes = 10): void {
    this.gates.offer(key, { key, id: this.offered, bytes });
    this.offered += 1;
  }

  ids(list: Message[]): number[] {
    return list.map(({ id }) => id);
  }
}

describe('Gates', () => {
  let flows: Flow[] = [];
  const start = (...args: ConstructorParameters<typeof Flow>): Flow => {
    const flow = new Flow(...args);
    flows.push(flow);
    return flow;
  };
  afterEach(() => {
    for (const flow of flows) flow.gates.stop();
    flows = [];
  });

  it('lets everything pass while there is no cause', () => {
    const flow = start();
    flow.send();
    assert.deepEqual(flow.gates.counts('a'), {
      passed: 1,
      diverted: 0,
      dropped: 0,
      queued: 0,
      queuedBytes: 0,
    });
  });

  it('closes the gate of the leaking key only', () => {
    const flow = start({ whenClosed: 'divert' });
    assert.equal(flow.gates.setLeaking('a', true), true);
    flow.send('a');
    flow.send('b');
    assert.deepEqual([flow.ids(flow.diverted), flow.ids(flow.passed)], [[0], [1]]);
    assert.equal(flow.gates.setLeaking('a', true), false);
    assert.equal(flow.gates.setLeaking('a', false), true);
  });

  it('closes every gate below the lower headroom and opens them only above the upper one', () => {
    const flow = start({ whenClosed: 'drop', closeBelowPercent: 8, openAbovePercent: 15 });
    const states = [20, 8, 7.9, 10, 15, null, Number.NaN, 15.1, 9].map((percent) => {
      flow.gates.setHeadroom(percent);
      return flow.gates.isClosed('any');
    });
    assert.deepEqual(states, [false, false, true, true, true, true, true, false, false]);
  });

  it('names the keys whose gate changed by the headroom, and not those a person holds', () => {
    const flow = start({ whenClosed: 'drop', closeBelowPercent: 8, openAbovePercent: 15 });
    for (const key of ['a', 'b', 'c']) flow.send(key);
    flow.gates.setMode('b', 'open');
    flow.gates.setLeaking('c', true);
    assert.deepEqual(flow.gates.setHeadroom(5), ['a']);
    assert.deepEqual(flow.gates.setHeadroom(6), []);
    assert.deepEqual(flow.gates.setHeadroom(50), ['a']);
  });

  it('obeys a person until told auto', () => {
    const flow = start({ whenClosed: 'drop' });
    assert.equal(flow.gates.setMode('a', 'close'), true);
    flow.gates.setLeaking('a', false);
    assert.equal(flow.gates.isClosed('a'), true);
    flow.gates.setLeaking('a', true);
    assert.equal(flow.gates.setMode('a', 'open'), true);
    assert.equal(flow.gates.setMode('a', 'auto'), true);
  });

  it('never closes where messages are to pass', () => {
    const flow = start({ whenClosed: 'pass', closeBelowPercent: 8, openAbovePercent: 15 });
    flow.gates.setLeaking('a', true);
    flow.gates.setHeadroom(1);
    flow.gates.setMode('a', 'close');
    flow.send();
    assert.equal(flow.passed.length, 1);
  });

  it('lets what waited out in order, one per message and the rest paced, and new ones behind', () => {
    const flow = start();
    flow.gates.setMode('a', 'close');
    for (let i = 0; i < 5; i += 1) flow.send();
    flow.gates.setMode('a', 'auto');
    flow.send();
    assert.deepEqual(flow.ids(flow.passed), [0]);
    while (flow.gates.releaseOne());
    assert.deepEqual(flow.ids(flow.passed), [0, 1, 2, 3, 4, 5]);
  });

  it('lets queues grow no more when headroom falls below half of what closes the gates', () => {
    for (const dropFrom of ['oldest', 'newest'] as const) {
      const flow = start({ dropFrom, closeBelowPercent: 8, openAbovePercent: 15 });
      flow.gates.setHeadroom(7);
      for (let i = 0; i < 3; i += 1) flow.send();
      flow.gates.setHeadroom(3.9);
      for (let i = 0; i < 3; i += 1) flow.send();
      assert.deepEqual(flow.ids(flow.dropped), dropFrom === 'oldest' ? [0, 1, 2] : [3, 4, 5]);
      assert.equal(flow.gates.totals().queuedBytes, 30);
      flow.gates.setHeadroom(7);
      flow.send();
      assert.equal(flow.gates.totals().queuedBytes, 40);
    }
  });

  it('takes turns between keys', () => {
    const flow = start();
    for (const key of ['a', 'a', 'b', 'b']) {
      flow.gates.setMode(key, 'close');
      flow.send(key);
    }
    for (const key of ['a', 'b']) flow.gates.setMode(key, 'auto');
    while (flow.gates.releaseOne());
    assert.deepEqual(flow.ids(flow.passed), [0, 2, 1, 3]);
  });

  it('lets out by itself when it opens', async () => {
    const passed = new Promise<void>((resolve) => {
      const flow = start({
        releasePerSecond: 1000,
        pass: () => flow.gates.counts('a').queued === 0 && resolve(),
      });
      flow.gates.setMode('a', 'close');
      for (let i = 0; i < 10; i += 1) flow.send();
      flow.gates.setMode('a', 'auto');
    });
    // The release timer keeps no process alive, so something else has to.
    const alive = setInterval(() => {}, 1000);
    await passed;
    clearInterval(alive);
  });

  it('keeps at most maxKeys, and drops and counts what waits for the key seen longest ago', () => {
    const flow = start({ maxKeys: 2 });
    flow.gates.setMode('a', 'close');
    flow.send('a');
    flow.send('b');
    flow.send('c');
    assert.deepEqual(flow.ids(flow.dropped), [0]);
    const { passed, dropped, queued } = flow.gates.totals();
    assert.deepEqual([passed, dropped, queued], [2, 1, 0]);
  });

  it('hands its queue, its counts and a person’s word over to its successor', () => {
    const first = start();
    first.gates.setMode('a', 'close');
    for (let i = 0; i < 4; i += 1) first.send();
    const second = start({ queueMaxBytes: 20 }, first, first.gates.stop());
    assert.deepEqual(second.ids(second.dropped), [0, 1]);
    assert.equal(second.gates.isClosed('a'), true);
    second.gates.setMode('a', 'open');
    while (second.gates.releaseOne());
    assert.deepEqual(second.ids(second.passed), [2, 3]);
  });

  it('opens again where the successor no longer closes on headroom', () => {
    const first = start({ closeBelowPercent: 8, openAbovePercent: 15 });
    first.gates.setHeadroom(1);
    assert.equal(start({}, first, first.gates.stop()).gates.isClosed('a'), false);
  });

  it('loses nothing uncounted and never overtakes, whatever happens', () => {
    fc.assert(
      fc.property(anyOptions, fc.array(anyStep, { maxLength: 120 }), (config, steps) => {
        let flow = start(config);
        for (const step of steps) {
          flow =
            step(flow, (whenClosed) => start({ ...config, whenClosed }, flow, flow.gates.stop())) ?? flow;
          assertAllCounted(flow);
        }
        assertInOrder(flow);
        flow.gates.stop();
      }),
      { numRuns: 300 },
    );
  });
});

const anyKey = fc.constantFrom('a', 'b', 'c');
const anyMode = fc.constantFrom<GateMode[]>('auto', 'open', 'close');
const anyWhenClosed = fc.constantFrom<WhenClosed[]>('pass', 'divert', 'drop', 'queue', 'queue');
const anyOptions = fc.record({
  whenClosed: anyWhenClosed,
  dropFrom: fc.constantFrom<DropFrom[]>('oldest', 'newest'),
  maxKeys: fc.constantFrom(2, 1000),
  closeBelowPercent: fc.constantFrom(0, 8),
  openAbovePercent: fc.constant(15),
});

/** Something that happens to a flow; a redeploy gives the flow that goes on. */
type Step = (flow: Flow, redeploy: (whenClosed: WhenClosed) => Flow) => Flow | undefined;

function steps<A extends unknown[]>(
  args: fc.Arbitrary<A>,
  act: (flow: Flow, ...args: A) => unknown,
): fc.Arbitrary<Step> {
  return args.map((given) => (flow) => {
    act(flow, ...given);
    return undefined;
  });
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: steps(fc.tuple(anyKey, fc.integer({ min: 0, max: 120 })), (flow, key, bytes) =>
      flow.send(key, bytes),
    ),
  },
  steps(fc.tuple(anyKey, fc.boolean()), ({ gates }, key, leaking) => gates.setLeaking(key, leaking)),
  steps(fc.tuple(fc.integer({ min: 0, max: 30 })), ({ gates }, percent) => gates.setHeadroom(percent)),
  steps(fc.tuple(anyKey, anyMode), ({ gates }, key, mode) => gates.setMode(key, mode)),
  steps(fc.tuple(anyKey), ({ gates }, key) => gates.forget(key)),
  steps(fc.tuple(), ({ gates }) => gates.releaseOne()),
  anyWhenClosed.map(
    (whenClosed): Step =>
      (_flow, redeploy) =>
        redeploy(whenClosed),
  ),
);

function assertAllCounted(flow: Flow): void {
  const { passed, diverted, dropped, queued, queuedBytes } = flow.gates.totals();
  const seen = [flow.passed.length, flow.diverted.length, flow.dropped.length];
  assert.deepEqual([passed, diverted, dropped], seen);
  assert.equal(passed + diverted + dropped + queued, flow.offered);
  assert.ok(queuedBytes <= 100);
  assert.equal(new Set([...flow.passed, ...flow.diverted, ...flow.dropped]).size, flow.offered - queued);
}

function assertInOrder(flow: Flow): void {
  for (const key of ['a', 'b', 'c']) {
    const ids = flow.ids(flow.passed.filter((message) => message.key === key));
    assert.deepEqual(
      ids,
      [...ids].sort((x, y) => x - y),
    );
  }
}
