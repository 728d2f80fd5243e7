import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import memoryScope from '../../nodes/memory-scope/memory-scope';
import { type BodyReport, ledger, type ScopedFile } from '../../src';
import helper, { coreNode, hooks, statuses } from '../support/test-helper';

type Arrived = Record<string, unknown> & { payload?: unknown };
interface Job {
  msg: Arrived;
  done(error?: Error): void;
}

describe('memory-scope', () => {
  let folder: string;
  /** Messages in the body, none of them done. */
  let jobs: Job[];
  let scope: Node;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-scope-'));
    jobs = [];
  });

  afterEach(async () => {
    await helper.unload();
    rmSync(folder, { recursive: true, force: true });
    assert.equal(ledger.lastFault, null);
    ledger.attach(null);
  });

  /** A node whose messages a test completes. */
  function job(RED: NodeAPI): void {
    RED.nodes.registerType('job', function construct(this: Node, config) {
      RED.nodes.createNode(this, config);
      this.on('input', (msg, _send, done) => void jobs.push({ msg: msg as Arrived, done }));
    });
  }

  function flow(config: object, more: object[] = []): object[] {
    const at = { z: 'tab', x: 1, y: 1 };
    return [
      { id: 'tab', type: 'tab', label: 'Test' },
      { id: 'scope', type: 'memory-scope', ...at, ...config, wires: [['job'], ['end']] },
      { id: 'job', type: 'job', ...at },
      { id: 'end', type: 'helper', ...at },
      { id: 'catch', type: 'catch', ...at, scope: ['scope'], wires: [['caught']] },
      { id: 'caught', type: 'helper', ...at },
      ...more,
    ];
  }

  async function load(config: object, more: object[] = []): Promise<void> {
    ledger.attach(hooks);
    await helper.load([memoryScope, job, coreNode('common/25-catch')], flow(config, more));
    scope = helper.getNode('scope');
  }

  async function body(msg: object): Promise<Job> {
    const before = jobs.length;
    scope.receive(msg as NodeMessageInFlow);
    return nthJob(before);
  }

  async function nthJob(index: number): Promise<Job> {
    const deadline = Date.now() + 5_000;
    while (jobs.length <= index && Date.now() < deadline) await turn();
    const arrived = jobs[index];
    if (!arrived) throw new Error('no message came to the body');
    return arrived;
  }

  async function arrives(id: string): Promise<Arrived> {
    return (await once(helper.getNode(id), 'input'))[0];
  }

  async function report(): Promise<BodyReport> {
    return (await arrives('end')).payload as BodyReport;
  }

  async function errorFor(msg: object): Promise<string> {
    const reported = once(scope, 'call:error');
    scope.receive(msg as NodeMessageInFlow);
    const [call] = await reported;
    return String(call.args[0].message ?? call.args[0]);
  }

  const temporaries = (): string[] =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => /scope\..*[\\/]\d/.test(name));

  it('lends a temporary folder to a body, keeps the payload, and says how it ended', async () => {
    await load({ resource: 'temp-folder', folder, property: 'folder' });
    const { msg, done } = await body({ payload: 'photo', topic: 'door' });
    assert.equal(msg.payload, 'photo');
    const lent = msg.folder as string;
    assert.ok(statSync(lent).isDirectory());
    writeFileSync(join(lent, 'photo.jpg'), 'x');
    const ended = arrives('end');
    done();
    const end = await ended;
    assert.equal(existsSync(lent), false);
    assert.deepEqual([end.topic, end._msgid], ['door', msg._msgid]);
    const { durationMs, waitedMs, heapDelta, ...said } = end.payload as BodyReport;
    assert.deepEqual(said, { resource: 'temp-folder', outcome: 'done', messages: 1 });
    for (const figure of [durationMs, waitedMs, heapDelta]) assert.equal(typeof figure, 'number');
  });

  it('lends a temporary file in the place of the payload', async () => {
    await load({ resource: 'temp-file', folder, suffix: '.csv' });
    const { msg, done } = await body({ payload: 'gone' });
    assert.match(String(msg.payload), /\.csv$/);
    assert.ok(statSync(String(msg.payload)).isFile());
    const ended = report();
    done();
    assert.equal((await ended).outcome, 'done');
    assert.deepEqual(temporaries(), []);
  });

  it('keeps temporary files in the user folder when nobody says where', async () => {
    await load({ resource: 'temp-file' });
    const { msg, done } = await body({});
    assert.match(String(msg.payload), /headroom-scopes/);
    const ended = report();
    done();
    await ended;
    await helper.unload();
    assert.equal(existsSync(join(String(msg.payload), '..')), false);
  });

  it('lends an open file, and closes it', async () => {
    writeFileSync(join(folder, 'log.txt'), 'one\n');
    await load({
      resource: 'file',
      folder,
      path: 'log.txt',
      pathType: 'str',
      access: 'append',
      property: 'log',
    });
    const { msg, done } = await body({ payload: 'kept' });
    const log = msg.log as ScopedFile;
    await log.write('two\n');
    const ended = report();
    done();
    assert.equal((await ended).resource, 'file');
    assert.equal(log.open, false);
    assert.equal(readFileSync(join(folder, 'log.txt'), 'utf8'), 'one\ntwo\n');
  });

  it('lets two bodies at a time have a permit, the others in their turn, with payloads as they came', async () => {
    await load({ resource: 'permit', permit: 'two', count: 2 });
    for (const payload of [1, 2, 3, 4]) scope.receive({ payload } as NodeMessageInFlow);
    for (let wait = 0; wait < 50; wait += 1) await turn();
    assert.deepEqual(
      jobs.map(({ msg }) => msg.payload),
      [1, 2],
    );
    const { name, count, inUse } = (await nthJob(1)).msg.permit as Record<string, unknown>;
    assert.deepEqual([name, count, inUse], ['two', 2, 2]);
    for (let next = 0; next < 4; next += 1) {
      const ended = report();
      jobs[next]?.done();
      assert.equal((await ended).outcome, 'done');
    }
    assert.deepEqual(
      jobs.map(({ msg }) => msg.payload),
      [1, 2, 3, 4],
    );
  });

  it('takes the name of a permit from the message: one device at a time', async () => {
    await load({ resource: 'permit', permit: 'topic', permitType: 'msg' });
    for (const topic of ['a', 'a', 'b']) scope.receive({ topic } as unknown as NodeMessageInFlow);
    for (let wait = 0; wait < 50; wait += 1) await turn();
    assert.deepEqual(
      jobs.map(({ msg }) => msg.topic),
      ['a', 'b'],
    );
    for (let next = 0; next < 3; next += 1) {
      const ended = report();
      jobs[next]?.done();
      await ended;
    }
  });

  it('grants a budget of headroom, and refuses one beyond the machine with its figures', async () => {
    await load({ resource: 'budget', budgetBytes: 'wanted', budgetBytesType: 'msg' });
    const { msg, done } = await body({ wanted: '1 MB', payload: 'kept' });
    const { bytes, headroom } = msg.budget as { bytes: number; headroom: { bytes: number } };
    assert.equal(bytes, 2 ** 20);
    assert.ok(headroom.bytes > bytes);
    assert.equal(msg.payload, 'kept');
    const ended = report();
    done();
    await ended;
    assert.match(
      await errorFor({ wanted: 2 ** 50 }),
      /^budgetBytes: \d+ is not valid, expected at most the smallest limit of this process: heap/,
    );
  });

  it('only measures with none', async () => {
    await load({ resource: 'none', property: 'unused' });
    const { msg, done } = await body({ payload: 'kept' });
    assert.equal('unused' in msg, false);
    const ended = report();
    done();
    assert.equal((await ended).resource, 'none');
  });

  it('says which error ended a body, and where', async () => {
    await load({ resource: 'temp-folder', folder });
    const { done } = await body({});
    const ended = report();
    done(new Error('meant to'));
    const { outcome, error, lastNode } = await ended;
    assert.deepEqual([outcome, error, lastNode?.id, lastNode?.type], ['error', 'meant to', 'job', 'job']);
    assert.deepEqual(temporaries(), []);
  });

  it('takes the resource back when the time is over, and names the node that held on', async () => {
    await load({ resource: 'temp-folder', folder, timeoutMs: 20 });
    const ended = report();
    const { msg, done } = await body({});
    const { outcome, lastNode } = await ended;
    assert.deepEqual([outcome, lastNode?.id], ['timeout', 'job']);
    assert.equal(existsSync(String(msg.payload)), false);
    done();
    for (let wait = 0; wait < 20; wait += 1) await turn();
  });

  it('leaves time without end to a body with timeout 0', async () => {
    await load({ resource: 'none', timeoutMs: 0 });
    const { done } = await body({});
    const ended = report();
    done();
    assert.equal((await ended).outcome, 'done');
  });

  for (const changed of ['scope', 'job']) {
    it(`gives back what a body has when a deploy stops the ${changed}`, async () => {
      const config = { resource: 'temp-folder', folder };
      await load(config);
      const { msg } = await body({ payload: 1 });
      const next = flow(changed === 'scope' ? { ...config, name: 'changed' } : config).map((node) =>
        (node as { id: string }).id === changed ? { ...node, name: 'changed' } : node,
      );
      const ended = changed === 'job' ? report() : null;
      await helper.setFlows(next, 'nodes');
      // The runtime's plugin tells the ledger after a deploy.
      ledger.nodesStopped((node) => (helper.getNode(node.id) as unknown) === node);
      if (ended) assert.equal((await ended).outcome, 'stopped');
      assert.equal(existsSync(String(msg.payload)), false);
    });
  }

  it('tells waiting messages when it is stopped, and hands its permit to another node', async () => {
    const other = {
      id: 'other',
      type: 'memory-scope',
      resource: 'permit',
      permit: 'shared',
      z: 'tab',
      x: 1,
      y: 1,
    };
    const config = { resource: 'permit', permit: 'shared' };
    const more = [{ ...other, wires: [['job'], []] }];
    await load(config, more);
    await body({ payload: 'holds' });
    scope.receive({ payload: 'waits' } as NodeMessageInFlow);
    for (let wait = 0; wait < 10; wait += 1) await turn();
    helper.getNode('other').receive({ payload: 'other waits' });
    const told = once(scope, 'call:error');
    await helper.setFlows(flow({ ...config, name: 'changed' }, more), 'nodes');
    const [call] = await told;
    assert.match(String(call.args[0].message), /stopped while this message waited/);
    assert.equal((await nthJob(1)).msg.payload, 'other waits');
  });

  it('refuses more waiting messages than allowed, and those that wait too long', async () => {
    await load({ resource: 'permit', permit: 'bounded', maxWaiting: 1, maxWaitMs: 30 });
    await body({});
    const late = once(scope, 'call:error');
    scope.receive({ payload: 'late' } as NodeMessageInFlow);
    for (let wait = 0; wait < 10; wait += 1) await turn();
    assert.match(await errorFor({ payload: 'too many' }), /1 messages wait already, expected at most 1/);
    await late;
    for (let tries = 0; tries < 200; tries += 1) {
      const said = statuses(scope).at(-1)?.text ?? '';
      if (/within 30 ms/.test(said)) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.fail('the late message was not told');
  });

  for (const [what, path, expected] of [
    ['a missing file', 'gone.txt', /path: "gone.txt" is not valid, .*ENOENT/],
    ['no file at all', undefined, /path: undefined is not valid, expected the path of a file/],
    ['a folder', 'below', /path: "below" is not valid, expected a file, not a folder/],
    ['a way out', '../x', /path: "\.\.\/x" is not valid, expected a file inside/],
    ['a file elsewhere', '/etc/passwd', /expected a file inside/],
  ] as const) {
    it(`refuses ${what}, and a catch node hears of it`, async () => {
      mkdirSync(join(folder, 'below'));
      await load({ resource: 'file', folder });
      const caught = arrives('caught');
      assert.match(await errorFor({ filename: path }), expected);
      assert.match(((await caught) as { error: { message: string } }).error.message, expected);
      assert.deepEqual(jobs, []);
    });
  }

  it('gives back at once what it cannot put into the message', async () => {
    await load({ resource: 'temp-folder', folder, property: 'payload.folder' });
    for (const payload of ['a text', Object.freeze({ a: 1 })]) {
      assert.match(await errorFor({ payload }), /property: msg\.payload\.folder cannot be set/);
    }
    assert.deepEqual(temporaries(), []);
  });

  for (const resource of ['temp-file', 'none']) {
    it(`holds ${resource} for a frozen message too`, async () => {
      await load({ resource, folder });
      const { done } = await body(Object.freeze({ _msgid: '1', payload: 'x' }));
      assert.equal(temporaries().length, resource === 'none' ? 0 : 1);
      const ended = report();
      done();
      assert.equal((await ended).outcome, 'done');
    });
  }

  for (const [field, value] of [
    ['resource', 'everything'],
    ['suffix', '../x'],
    ['timeoutMs', -1],
    ['maxWaitMs', 'long'],
    ['count', 0],
    ['property', 'a b'],
    ['budgetBytes', 'much'],
    ['permit', ''],
  ] as const) {
    it(`turns red and refuses messages with ${field} ${JSON.stringify(value)}`, async () => {
      const resource = { budgetBytes: 'budget', permit: 'permit' }[field as string] ?? 'temp-file';
      await load({ resource, [field]: value });
      assert.match(
        await errorFor({}),
        new RegExp(`${field}: ${JSON.stringify(value)} is not valid, expected`),
      );
      assert.equal(statuses(scope).at(-1)?.fill, 'red');
    });
  }

  it('shows what is in use and what waits', async () => {
    await load({ resource: 'permit', permit: 'status' });
    assert.deepEqual(statuses(scope).at(-1), { fill: 'grey', shape: 'dot', text: '0 in use' });
    await body({});
    scope.receive({} as NodeMessageInFlow);
    await once(scope, 'call:status');
    assert.deepEqual(statuses(scope).at(-1), { fill: 'blue', shape: 'dot', text: '1 in use · 1 waiting' });
  });
});
