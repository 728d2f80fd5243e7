import assert from 'node:assert/strict';
import type { Collection, Look, ProfileFigures, ProfileReport } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { adminAuth, logIn } from '../support/admin-users';

const SECRET = 'a value that nobody is to see';
const at = { z: 'tab', x: 1, y: 1 };
const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Gateway' },
  {
    id: 'watch',
    type: 'leak-watch',
    ...at,
    name: 'this gateway',
    source: 'self',
    whenLeaking: 'pass',
    wires: [[], [], []],
  },
  {
    id: 'start',
    type: 'inject',
    ...at,
    once: true,
    onceDelay: 0.1,
    props: [{ p: 'payload' }],
    payload: SECRET,
    payloadType: 'str',
    wires: [['keep', 'delay']],
  },
  {
    id: 'keep',
    type: 'function',
    ...at,
    name: 'keeps',
    func: "context.set('kept', [msg.payload]);",
    outputs: 1,
    libs: [],
    wires: [[]],
  },
  {
    id: 'hourly',
    type: 'inject',
    ...at,
    props: [{ p: 'payload' }],
    payload: SECRET,
    payloadType: 'str',
    wires: [['delay']],
  },
  {
    id: 'delay',
    type: 'delay',
    ...at,
    name: 'an hour',
    pauseType: 'delay',
    timeout: '1',
    timeoutUnits: 'hours',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    outputs: 1,
    wires: [[]],
  },
  { id: 'by-hand', type: 'memory-profile', ...at, durationMs: 0, wires: [['end']] },
  { id: 'end', type: 'debug', ...at, active: false, wires: [] },
];

interface Answer<T> {
  status: number;
  body: T;
}

describe('the admin API', function () {
  this.timeout(60_000);
  let red: NodeRed;
  const users = new Map<string, { authorization: string }>();

  before(async () => {
    red = await startNodeRed({
      flows: FLOWS,
      observe: ['by-hand'],
      settings: {
        adminAuth: adminAuth({
          owner: '*',
          onlooker: 'memory.read',
          reader: 'read',
          editor: ['flows.read', 'flows.write'],
        }),
      },
    });
    for (const username of ['owner', 'onlooker', 'reader', 'editor']) {
      users.set(username, await logIn(red, username));
    }
  });

  after(() => red?.stop());

  async function call<T>(
    method: string,
    path: string,
    { as = '', body }: { as?: string; body?: unknown } = {},
  ): Promise<Answer<T>> {
    const response = await fetch(red.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...users.get(as),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : (text as T),
    };
  }

  const READS = [
    ['GET', '/headroom/state'],
    ['GET', '/headroom/profile'],
    ['GET', '/headroom/report'],
  ] as const;
  const WRITES = [
    ['POST', '/headroom/collect'],
    ['POST', '/headroom/profile'],
    ['POST', '/headroom/census'],
  ] as const;

  it('is closed to strangers and to users without memory.read; reading alone allows no action', async () => {
    const status = async (as: string): Promise<number[]> => {
      const answers: number[] = [];
      for (const [method, path] of [...READS, ...WRITES]) {
        const body = path === '/headroom/profile' && method === 'POST' ? { action: 'stop' } : {};
        answers.push((await call(method, path, { as, ...(method === 'POST' ? { body } : {}) })).status);
      }
      return answers;
    };
    assert.deepEqual(await status('nobody'), [401, 401, 401, 401, 401, 401]);
    assert.deepEqual(await status('editor'), [401, 401, 401, 401, 401, 401]);
    assert.deepEqual(await status('onlooker'), [200, 200, 200, 401, 401, 401]);
    assert.deepEqual(await status('reader'), [200, 200, 200, 401, 401, 401]);
    assert.deepEqual(await status('owner'), [200, 200, 200, 200, 200, 200]);
  });

  it('tells the state of everything, and then only what came since', async () => {
    const { body: first } = await call<Look>('GET', '/headroom/state', { as: 'owner' });
    assert.equal(first.state.sample.pid, red.pid);
    assert.deepEqual(
      first.state.watches.map(({ id, name, flow, key }) => [id, name, flow, key]),
      [['watch', 'this gateway', 'Gateway', 'self']],
    );
    const after = first.history.seconds.time.at(-1);
    const { body: next } = await call<Look>('GET', `/headroom/state?run=${first.run}&after=${after}`, {
      as: 'owner',
    });
    assert.equal(next.whole, false);
    assert.ok(next.history.seconds.time.every((time) => time > (after ?? 0)));
  });

  it('collects, and tells what it brought', async () => {
    const { body } = await call<Collection>('POST', '/headroom/collect', {
      as: 'owner',
      body: { kind: 'minor' },
    });
    assert.deepEqual([body.collected, body.kind], [true, 'minor']);
  });

  it("lets those press a profile node's button who may act: the first press starts, the second sends", async () => {
    const press = (as: string, id = 'by-hand') => call('POST', `/headroom/memory-profile/${id}`, { as });
    for (const as of ['nobody', 'editor', 'onlooker']) assert.equal((await press(as)).status, 401);
    assert.equal((await press('owner', 'keep')).status, 404);
    assert.deepEqual(await press('owner'), { status: 200, body: { payload: 'start' } });
    assert.deepEqual(await press('owner'), { status: 200, body: { payload: 'stop' } });
    const [{ payload } = {}] = await red.untilMessages('by-hand', 1);
    assert.equal((payload as ProfileReport).mode, 'live');
    assert.deepEqual(await press('owner'), { status: 200, body: { payload: 'start' } });
    await press('owner');
    await red.untilMessages('by-hand', 2);
  });

  it('profiles until told, one at a time, and names the node', async () => {
    const start = { action: 'start', durationMs: 60_000, sampleBytes: 1_024 };
    assert.equal(
      (await call<ProfileFigures>('POST', '/headroom/profile', { as: 'owner', body: start })).body.running,
      true,
    );
    const second = await call<{ error: string }>('POST', '/headroom/profile', { as: 'owner', body: start });
    assert.deepEqual(
      [second.status, second.body.error],
      [409, 'a profile runs already: wait for its end, or stop it'],
    );
    const { body } = await call<ProfileFigures>('POST', '/headroom/profile', {
      as: 'owner',
      body: { action: 'stop' },
    });
    assert.deepEqual([body.running, body.error], [false, null]);
    assert.ok((body.reading?.totalBytes ?? 0) > 0);
  });

  it('counts contexts and messages in flight', async () => {
    await call('POST', '/inject/hourly', { as: 'owner', body: {} });
    const { body } = await call<{ inFlight: object[]; contexts: { name: string }[] }>(
      'POST',
      '/headroom/census',
      { as: 'owner', body: {} },
    );
    assert.deepEqual(
      body.contexts.map(({ name }) => name),
      ['keeps'],
    );
    assert.ok(Array.isArray(body.inFlight));
  });

  it('reports names, types and sizes, and no value of a message or a context', async () => {
    const { body } = await call<{
      versions: { node: string };
      nodeTypes: Record<string, number>;
      census: object | null;
    }>('GET', '/headroom/report', { as: 'onlooker' });
    assert.match(body.versions.node, /^v\d+/);
    assert.equal(body.nodeTypes.inject, 2);
    assert.ok(body.census, 'the census before');
    assert.doesNotMatch(JSON.stringify(body), new RegExp(SECRET));
  });

  for (const [method, path, body, field, expected] of [
    ['GET', '/headroom/state?after=soon', undefined, 'after', /a whole number from 0/],
    ['POST', '/headroom/collect', { kind: 'all' }, 'kind', /one of minor, major/],
    ['POST', '/headroom/profile', { durationMs: 5 }, 'durationMs', /1 s to 1 h/],
    ['POST', '/headroom/census', { top: 'many' }, 'top', /a whole number from 1 to 1000/],
  ] as const) {
    it(`answers ${method} ${path} ${JSON.stringify(body ?? '')} with 400, field, value and what is expected`, async () => {
      const answer = await call<{
        error: string;
        problems: { field: string; value: unknown; expected: string }[];
      }>(method, path, { as: 'owner', body });
      assert.equal(answer.status, 400);
      const [problem] = answer.body.problems;
      assert.equal(problem?.field, field);
      assert.match(problem?.expected ?? '', expected);
      assert.match(answer.body.error, new RegExp(`^${field}: .* is not valid, expected`));
    });
  }

  it('runs nothing any more some seconds after the last look: no hook, no listener of its own', async () => {
    const resources = async (): Promise<{ hooks: string[]; deploys: number }> => {
      const { hooks, listeners } = await red.ask<{
        hooks: string[];
        listeners: { events: Record<string, number> };
      }>('resources');
      return { hooks, deploys: listeners.events['flows:started'] ?? 0 };
    };
    await call('GET', '/headroom/state', { as: 'owner' });
    const during = await resources();
    assert.ok(during.hooks.length > 0);
    const deadline = Date.now() + 30_000;
    while ((await resources()).hooks.length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(await resources(), { hooks: [], deploys: during.deploys - 1 });
  });
});
