import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { inFlight } from '../../../src';
import { Ledger } from '../../../src/ledger';
import {
  ArraySource,
  BadItem,
  END,
  IterableSource,
  LazyRun,
  type Portion,
  type RunSummary,
  type Source,
} from '../../../src/stream';
import { collect } from '../../support/collections';
import { hooks, type LiveNode, type Msg, type NodeOptions, turns, world } from '../ledger/flow-world';

interface Started {
  run: LazyRun;
  portions: Portion[];
  problems: string[];
  ends: { summary: RunSummary; error: unknown }[];
}

describe('a lazy run', () => {
  let ledger: Ledger;
  let run: LazyRun | null = null;

  beforeEach(() => {
    ledger = new Ledger();
    ledger.attach(hooks);
  });
  afterEach(async () => {
    await run?.close();
    assert.equal(ledger.lastFault, null);
    assert.equal(ledger.live, 0, 'every token has ended');
    ledger.attach(null);
  });

  function start(from: LiveNode | null, source: Source, { window = 1, batch = 1 } = {}): Started {
    const started = { portions: [] as Portion[], problems: [] as string[], ends: [] as Started['ends'] };
    run = new LazyRun({
      source,
      window,
      batch,
      ledger,
      deliver(portion, credit) {
        started.portions.push(portion);
        const msg: Msg = { payload: portion.value, parts: { index: portion.index, count: portion.count } };
        ledger.put(credit, msg);
        from?.send(msg);
      },
      refuse: (problem) => started.problems.push(problem.message),
      onEnd: (summary, error) => started.ends.push({ summary, error }),
    });
    run.start();
    return { ...started, run };
  }

  async function ended({ ends }: Started): Promise<RunSummary> {
    for (let wait = 0; ends.length === 0 && wait < 5_000; wait += 1) await turns(1);
    assert.equal(ends.length, 1, 'ended once');
    return (ends[0] as { summary: RunSummary }).summary;
  }

  /** source → worker, which holds what it gets until it is let go. */
  function holding(worker: Partial<NodeOptions> = {}): {
    from: LiveNode;
    held: (() => void)[];
    most(): number;
  } {
    const held: (() => void)[] = [];
    let now = 0;
    let most = 0;
    const flow = world([
      { id: 'source', wires: [['worker']] },
      {
        id: 'worker',
        name: 'slow one',
        input(_msg, _send, done) {
          now += 1;
          most = Math.max(most, now);
          held.push(() => {
            now -= 1;
            done();
          });
        },
        ...worker,
      },
    ]);
    return { from: flow.node('source'), held, most: () => most };
  }

  for (const [window, batch] of [
    [1, 1],
    [4, 1],
    [4, 3],
    [50, 1],
  ] as const) {
    it(`has never more than ${window} portions of ${batch} in the flow, and all come through in order`, async () => {
      const items = Array.from({ length: 40 }, (_each, index) => index);
      const { from, held, most } = holding();
      const started = start(from, new ArraySource(items), { window, batch });
      while (started.ends.length === 0) {
        await turns(3);
        assert.ok(started.run.inFlight <= window);
        held.shift()?.();
      }
      const portions = Math.ceil(items.length / batch);
      assert.equal(most(), Math.min(window, portions));
      assert.deepEqual(
        started.portions.flatMap(({ value }) => value),
        items,
      );
      assert.deepEqual(
        started.portions.map(({ index, count }) => [index, count]),
        Array.from({ length: portions }, (_each, index) => [index, index === portions - 1 ? portions : null]),
      );
      const { durationMs, ...summary } = await ended(started);
      assert.deepEqual(summary, { items: 40, bytes: 0, outcome: 'done', errors: 0 });
    });
  }

  it('asks the source for no more than the window and one to look ahead', async () => {
    let asked = 0;
    const source: Source = {
      bytes: 0,
      next: () => {
        asked += 1;
        return asked;
      },
      close() {},
    };
    const { from, held } = holding();
    const started = start(from, source, { window: 3 });
    await turns();
    assert.equal(asked, 4);
    held.shift()?.();
    await turns();
    assert.equal(asked, 5);
    started.run.stop();
    assert.equal((await ended(started)).items, 4);
  });

  it('stalls where the flow stalls, and the census names the node', async () => {
    const { from } = holding();
    start(from, new ArraySource([1, 2, 3]), { window: 2 });
    await turns();
    assert.deepEqual(
      inFlight(ledger, 5).map(({ name, messages }) => [name, messages]),
      [['slow one', 2]],
    );
  });

  it('goes on where a node gathers what it gets, until the set is complete', async () => {
    const flow = world([
      { id: 'source', wires: [['join']] },
      {
        id: 'join',
        type: 'join',
        wires: [['worker']],
        input(msg, send, done) {
          dones.push(done);
          const { index, count } = msg.parts as { index: number; count: number | null };
          if (count !== index + 1) return;
          send({ ...msg, payload: 'all' });
          dones.forEach((each) => void each());
        },
      },
      { id: 'worker', input: (_msg, _send, done) => void last.push(done) },
    ]);
    const dones: (() => void)[] = [];
    const last: (() => void)[] = [];
    const started = start(flow.node('source'), new ArraySource([1, 2, 3]));
    for (let wait = 0; last.length === 0 && wait < 1_000; wait += 1) await turns(1);
    assert.deepEqual([dones.length, last.length, started.ends.length], [3, 1, 0]);
    last[0]?.();
    assert.equal((await ended(started)).items, 3);
  });

  it('is stalled by what is slow behind a node that gathers', async () => {
    const gathered: (() => void)[] = [];
    const slow: (() => void)[] = [];
    const flow = world([
      { id: 'source', wires: [['join']] },
      {
        id: 'join',
        type: 'join',
        wires: [['slow']],
        input(msg, send, done) {
          first ??= { ...msg };
          gathered.push(done);
          if (gathered.length < 3) return;
          send(first);
          first = null;
          gathered.splice(0).forEach((each) => void each());
        },
      },
      { id: 'slow', input: (_msg, _send, done) => void slow.push(done) },
    ]);
    let first: Msg | null = null;
    const started = start(flow.node('source'), new ArraySource(Array.from({ length: 9 })));
    for (let set = 1; set <= 3; set += 1) {
      await turns(60);
      assert.deepEqual([slow.length, started.portions.length, started.ends.length], [1, set * 3, 0]);
      slow.shift()?.();
    }
    assert.equal((await ended(started)).items, 9);
  });

  it('ends when the source is empty, and when nobody listens', async () => {
    const empty = start(null, new ArraySource([]));
    assert.deepEqual((await ended(empty)).items, 0);
    const unheard = start(null, new ArraySource([1, 2, 3]));
    assert.deepEqual((await ended(unheard)).items, 3);
  });

  it('counts a message that failed in the flow as through', async () => {
    const { from } = holding({ input: (_msg, _send, done) => done(new Error('no')) });
    assert.equal((await ended(start(from, new ArraySource([1, 2, 3])))).outcome, 'done');
  });

  it('pauses and resumes, twice if asked, without losing an item', async () => {
    const { from, held } = holding();
    const started = start(from, new ArraySource([1, 2, 3]));
    started.run.pause();
    started.run.pause();
    await turns();
    assert.equal(held.length, 1);
    held.shift()?.();
    await turns();
    assert.equal(held.length, 0);
    started.run.resume();
    started.run.resume();
    for (let item = 2; item <= 3; item += 1) {
      await turns();
      assert.equal(held.length, 1);
      held.shift()?.();
    }
    assert.equal((await ended(started)).items, 3);
  });

  it('stops at once, once, with what is in the flow left to itself', async () => {
    const { from, held } = holding();
    const started = start(from, new ArraySource([1, 2, 3]), { window: 2 });
    started.run.stop();
    started.run.stop();
    assert.deepEqual((await ended(started)).outcome, 'stopped');
    held.forEach((done) => void done());
    await turns();
    assert.deepEqual([started.portions.length, started.ends.length], [2, 1]);
  });

  it('passes over items that cannot be used, and the last good one is still the last', async () => {
    const answers = [1, new BadItem(2, 'is bad'), 3, new BadItem(4, 'is worse'), END];
    const source: Source = {
      bytes: 9,
      next() {
        const answer = answers.shift();
        if (answer instanceof BadItem) throw answer;
        return answer;
      },
      close() {},
    };
    const started = start(null, source);
    const { durationMs, ...summary } = await ended(started);
    assert.deepEqual(summary, { items: 2, bytes: 9, outcome: 'done', errors: 2 });
    assert.deepEqual(started.problems, ['line 2: is bad', 'line 4: is worse']);
    assert.deepEqual(started.portions.at(-1), { value: 3, index: 1, count: 2 });
  });

  it('ends with the error of a source that breaks, after what came before it', async () => {
    const started = start(
      null,
      new IterableSource(
        (async function* () {
          yield 1;
          yield 2;
          throw new Error('the sensor is gone');
        })(),
      ),
    );
    assert.equal((await ended(started)).outcome, 'error');
    assert.match(String(started.ends[0]?.error), /the sensor is gone/);
    assert.deepEqual(
      started.portions.map(({ value, count }) => [value, count]),
      [
        [1, null],
        [2, null],
      ],
    );
  });

  it('closes a stream that nothing comes from any more', async () => {
    const stream = new Readable({ objectMode: true, read() {} });
    const started = start(null, new IterableSource(stream));
    await started.run.close();
    assert.equal(stream.destroyed, true);
    await turns();
    assert.equal(started.ends.length, 0, 'closed without a word');
  });

  it('gives back an item that comes after its end, and those it has looked ahead', async () => {
    const discarded: unknown[] = [];
    let answer: (item: string) => void = () => {};
    const answers: (string | Promise<string>)[] = ['first', new Promise((resolve) => (answer = resolve))];
    const source: Source = {
      bytes: 0,
      next: () => answers.shift() ?? END,
      close() {},
      discard: (item) => discarded.push(item),
    };
    const started = start(null, source);
    started.run.stop();
    answer('late');
    await turns();
    assert.deepEqual(discarded, ['first', 'late']);
  });

  it('gets the credit back of a message that somebody has dropped without a word', async () => {
    const flow = world([
      { id: 'source', wires: [['worker']] },
      { id: 'worker', input() {} },
    ]);
    const started = start(flow.node('source'), new ArraySource([1, 2]));
    for (let sweep = 1; started.ends.length === 0 && sweep < 20; sweep += 1) {
      await turns();
      await collect();
      ledger.sweep(Date.now() + 2_000);
    }
    assert.equal((await ended(started)).items, 2);
  });
});
