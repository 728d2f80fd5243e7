import assert from 'node:assert/strict';
import type { Node, NodeMessage } from 'node-red';
import leakWatch from '../../nodes/leak-watch/leak-watch';
import { type WatchReport, watchStates } from '../../src';
import { handOver as send, settled } from '../support/hand-over';
import { watchHoldings } from '../support/resources';
import helper from '../support/test-helper';

const MB = 2 ** 20;
const HOUR_MS = 3_600_000;

type Verdict = NodeMessage & { payload: WatchReport };

interface Flow {
  watch: Node;
  passed: NodeMessage[];
  diverted: NodeMessage[];
  verdicts: Verdict[];
}

/** A watch hands on to the next one of its id, so tests that are to start anew need ids of their own. */
let id = 'watch-0';

function nodes(config: Record<string, unknown>): object[] {
  const base = { source: 'message', limitBytes: 100 * MB, closeBelowPercent: 0 };
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    {
      id,
      type: 'leak-watch',
      z: 'tab',
      x: 1,
      y: 1,
      ...base,
      ...config,
      wires: [['passed'], ['diverted'], ['verdicts']],
    },
    ...['passed', 'diverted', 'verdicts'].map((id) => ({ id, type: 'helper', z: 'tab', x: 2, y: 1 })),
  ];
}

function collectFrom(): Flow {
  const flow: Flow = { watch: helper.getNode(id), passed: [], diverted: [], verdicts: [] };
  for (const output of ['passed', 'diverted', 'verdicts'] as const) {
    helper.getNode(output).on('input', (msg: NodeMessage) => flow[output].push(msg as Verdict));
  }
  return flow;
}

/** Readings that climb in a straight line: 60 MB within an hour, one a minute. */
async function leak(watch: Node, topic: string): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    const time = 1_700_000_000_000 + (i * HOUR_MS) / 200;
    await send(watch, { topic, payload: { rss: (20 + (60 * i) / 200) * MB, time } });
  }
}

/** Resolves when so many messages have come; keeps the process alive meanwhile, for the pacing does not. */
async function untilLength(messages: readonly unknown[], length: number): Promise<void> {
  while (messages.length < length) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('leak-watch', () => {
  afterEach(() => helper.unload());

  let loads = 0;
  async function load(config: Record<string, unknown> = {}): Promise<Flow> {
    loads += 1;
    id = `watch-${loads}`;
    return deploy(config);
  }

  async function deploy(config: Record<string, unknown>): Promise<Flow> {
    await helper.load(leakWatch, nodes(config));
    return collectFrom();
  }

  it('a leaking series is told once per change, with evidence and key', async () => {
    const { watch, verdicts, passed } = await load();
    await leak(watch, 'pump-7');
    await settled();
    const last = verdicts.at(-1);
    assert.equal(last?.topic, 'pump-7');
    assert.equal(last?.payload.key, 'pump-7');
    assert.equal(last?.payload.state, 'leaking');
    assert.ok(Math.abs((last?.payload.bytesPerHour ?? 0) - 60 * MB) < 6 * MB);
    const states = verdicts.map(({ payload }) => payload.state);
    assert.equal(new Set(states).size, states.length);
    assert.equal(passed.length, 200);
  });

  it('the verdict has all that the contract names', async () => {
    const { watch, verdicts } = await load();
    await send(watch, { topic: 'a', payload: 5 * MB });
    await send(watch, { topic: 'a', control: 'status' });
    await settled();
    const names = Object.keys(verdicts[0]?.payload ?? {});
    const contract =
      'key time state gate bytesPerHour low high leakedBytes limitBytes secondsToLimit samples since reason suspects dropped queued queuedBytes';
    for (const name of contract.split(' ')) assert.ok(names.includes(name), name);
    assert.equal(verdicts[0]?.payload.samples, 1);
  });

  it('while one key leaks its messages are diverted, and those of others pass', async () => {
    const { watch, passed, diverted } = await load({ whenLeaking: 'divert' });
    await leak(watch, 'a');
    await settled();
    const before = passed.length;
    await send(watch, { topic: 'a', payload: 'not a reading' }).catch(() => {});
    await send(watch, { topic: 'b', other: true });
    await settled();
    assert.equal(passed.length, before + 1);
    assert.equal((diverted.at(-1) as NodeMessage).payload, 'not a reading');
  });

  it('dropped messages are counted in the next verdict', async () => {
    const { watch, passed, verdicts } = await load({ whenLeaking: 'drop' });
    await send(watch, { topic: 'a', control: 'close' });
    for (let i = 0; i < 5; i += 1) await send(watch, { topic: 'a', payload: MB });
    await send(watch, { topic: 'a', control: 'status' });
    await settled();
    assert.equal(passed.length, 0);
    const { dropped, gate, closedBy } = verdicts.at(-1)?.payload ?? {};
    assert.deepEqual([dropped, gate, closedBy], [5, 'closed', 'control']);
  });

  it('waiting messages are not done before they leave, and leave in order', async () => {
    const { watch, passed } = await load({ whenLeaking: 'queue', releasePerSecond: 1000 });
    await send(watch, { topic: 'a', control: 'close' });
    const sent = [1, 2, 3].map((n) => send(watch, { topic: 'a', n }));
    const first = await Promise.race([...sent, settled().then(() => 'waits')]);
    assert.equal(first, 'waits');
    await send(watch, { topic: 'a', control: 'auto' });
    await untilLength(passed, 3);
    await Promise.all(sent);
    assert.deepEqual(
      passed.map((msg) => (msg as { n?: number }).n),
      [1, 2, 3],
    );
  });

  it('a queue smaller than one message drops it, counted', async () => {
    const { watch, verdicts } = await load({ whenLeaking: 'queue', queueMaxBytes: 100 });
    await send(watch, { topic: 'a', control: 'close' });
    await send(watch, { topic: 'a', payload: Buffer.alloc(1000) }).catch(() => {});
    await send(watch, { topic: 'a', control: 'status' });
    await settled();
    const { dropped, queued, queuedBytes } = verdicts.at(-1)?.payload ?? {};
    assert.deepEqual([dropped, queued, queuedBytes], [1, 0, 0]);
  });

  for (const [name, value, shown] of [
    ['NaN', Number.NaN, /msg.payload is NaN/],
    ['negative', -1, /msg.payload is -1/],
    ['infinite', Number.POSITIVE_INFINITY, /msg.payload is Infinity/],
    ['a text', { rss: '12 MB' }, /msg.payload.rss is "12 MB"/],
  ] as const) {
    it(`a reading that is ${name} is an error that names field and value, and the message passes`, async () => {
      const { watch, passed } = await load();
      await assert.rejects(send(watch, { topic: 'a', payload: value }), shown);
      await settled();
      assert.equal(passed.length, 1);
    });
  }

  it('a message without a reading only passes', async () => {
    const { watch, passed } = await load();
    for (const payload of [undefined, null, 'text', {}, []]) await send(watch, { topic: 'a', payload });
    await settled();
    assert.equal(passed.length, 5);
  });

  it('an unknown control, and closing where all pass, are refused with field and value', async () => {
    const { watch } = await load();
    await assert.rejects(
      send(watch, { control: 'shut' }),
      /control: shut is not valid, expected one of status/,
    );
    await assert.rejects(send(watch, { control: 'close' }), /whenLeaking is pass/);
  });

  it('a payload is never taken for a control', async () => {
    const { watch, passed, verdicts } = await load({ whenLeaking: 'drop' });
    for (const payload of ['close', 'reset', { control: 'close' }])
      await send(watch, { topic: 'a', payload });
    await settled();
    assert.deepEqual([passed.length, verdicts.length], [3, 0]);
  });

  it('a status without a key tells of every key', async () => {
    const { watch, verdicts } = await load();
    for (const topic of ['a', 'b']) await send(watch, { topic, payload: MB });
    await send(watch, { control: 'status' });
    await settled();
    assert.deepEqual(
      verdicts.map(({ topic }) => topic),
      ['a', 'b'],
    );
  });

  it('a limit from the message is used, and one that is none is an error', async () => {
    const { watch, verdicts } = await load({ limitBytes: 'payload.max', limitBytesType: 'msg' });
    await send(watch, { topic: 'a', payload: { rss: MB, max: 7 * MB } });
    await assert.rejects(
      send(watch, { topic: 'a', payload: { rss: MB } }),
      /limitBytes: msg.payload.max is undefined/,
    );
    await send(watch, { topic: 'a', control: 'status' });
    await settled();
    assert.equal(verdicts[0]?.payload.limitBytes, 7 * MB);
  });

  it('without a limit, what the message says is left counts', async () => {
    const { watch, verdicts } = await load({ limitBytes: 0 });
    await send(watch, { topic: 'a', payload: { rss: 10 * MB, headroom: { bytes: 30 * MB } } });
    await send(watch, { topic: 'a', control: 'status' });
    await settled();
    assert.equal(verdicts[0]?.payload.limitBytes, 40 * MB);
  });

  it('a redeploy keeps what was learnt, the closed gate, the counts and the queue', async () => {
    const first = await load({ whenLeaking: 'drop' });
    await leak(first.watch, 'a');
    await helper.unload();
    const second = await deploy({ whenLeaking: 'queue' });
    const waits = send(second.watch, { topic: 'a', n: 1 });
    await helper.unload();
    await waits;
    const third = await deploy({ whenLeaking: 'queue', queueMaxBytes: '1 MB' });
    await send(third.watch, { topic: 'a', control: 'status' });
    await settled();
    const { state, gate, queued, passed, dropped } = third.verdicts[0]?.payload ?? {};
    assert.deepEqual([state, gate, queued], ['leaking', 'closed', 1]);
    assert.equal((passed ?? 0) + (dropped ?? 0), 200);
    await send(third.watch, { topic: 'a', control: 'open' });
    await untilLength(third.passed, 1);
    assert.equal((third.passed[0] as { n?: number }).n, 1);
  });

  it('a watch of its own process tells where it stands on status, under the key self', async () => {
    const { watch, verdicts, passed } = await load({ source: 'self', limitBytes: 0 });
    await send(watch, { topic: 'a', control: 'status' });
    await send(watch, { topic: 'a', payload: Number.NaN });
    await settled();
    assert.equal(verdicts[0]?.payload.key, 'self');
    assert.equal(verdicts[0]?.payload.state, 'learning');
    assert.equal(passed.length, 1);
  });

  it('it stands in the list of running watches while it runs, under its id, and not after', async () => {
    const { watch } = await load({ name: 'pumps' });
    await leak(watch, 'pump-7');
    assert.deepEqual(
      watchStates(5).map(({ id, name, key, state }) => [id, name, key, state]),
      [[watch.id, 'pumps', 'pump-7', 'leaking']],
    );
    await helper.unload();
    assert.deepEqual(watchStates(5), []);
  });

  it('what runs while it is deployed is gone when it stops, after twenty redeploys too', async () => {
    const holdings = watchHoldings();
    const before = await holdings.count();
    await load({ source: 'self', whenLeaking: 'queue', closeBelowPercent: 8 });
    const running = await holdings.count();
    assert.equal(running.observing, true);
    assert.ok(running.timers > 0 && running.timers <= 4);
    for (let i = 0; i < 20; i += 1) {
      await helper.unload();
      await deploy({ source: 'self', whenLeaking: 'queue', closeBelowPercent: 8 });
    }
    assert.deepEqual(await holdings.count(), running);
    await helper.unload();
    assert.deepEqual(await holdings.count(), before);
    holdings.stop();
  });

  for (const [field, value] of Object.entries({
    source: 'disk',
    sensitivity: 'extreme',
    queueMaxBytes: 0,
    closeBelowPercent: 101,
    openAbovePercent: 3,
    limitBytes: -1,
    releasePerSecond: 'many',
  })) {
    it(`a ${field} of ${value} turns it red, and messages are refused with field and value`, async () => {
      const { watch } = await load({ closeBelowPercent: 8, [field]: value });
      await assert.rejects(send(watch, { payload: 1 }), new RegExp(`${field}: .*${value}.* is not valid`));
    });
  }
});
