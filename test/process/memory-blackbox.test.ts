import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LastRun } from '../../src';
import { type FlowNode, type NodeRed, type StartOptions, startNodeRed } from '../../tools/node-red/start';
import { makeUserFolder } from '../../tools/node-red/user-folder';
import { type Cgroup, makeCgroup } from '../support/cgroup';

const MB = 2 ** 20;

const press = (id: string, wire: string): FlowNode => ({
  ...{ id, type: 'inject', z: 'tab', x: 1, y: 1, props: [], wires: [[wire]] },
});
const work = (id: string, func: string): FlowNode => ({
  ...{ id, type: 'function', z: 'tab', name: id, x: 2, y: 1, func, outputs: 1, wires: [[]] },
  libs: [{ var: 'timers', module: 'timers' }],
});

const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Pumps' },
  {
    ...{ id: 'box', type: 'memory-blackbox', z: 'tab', x: 1, y: 2, file: 'blackbox.ring' },
    ...{ sizeBytes: '128 KB', intervalMs: '1 s', wires: [['end'], ['end']] },
  },
  work('end', 'return null;'),
  { id: 'census', type: 'memory-census', z: 'tab', x: 1, y: 3, wires: [[]] },
  press('throw', 'thrower'),
  work('thrower', "timers.setTimeout(() => { throw new RangeError('the pump has no pressure'); }, 0);"),
  press('grow', 'grower'),
  work('grower', 'const kept = []; for (;;) kept.push({ value: Math.random(), list: [1, 2, 3] });'),
];

/** One Node-RED after another in one user folder, each ended in another way and judged by the next. */
describe('memory-blackbox after a restart of a real Node-RED', function () {
  this.timeout(120_000);
  let userDir: string;
  let red: NodeRed;
  let cgroup: Cgroup | null = null;

  before(async () => {
    userDir = await makeUserFolder();
    red = await start();
  });

  after(async () => {
    await red?.stop();
    rmSync(userDir, { recursive: true, force: true });
    cgroup?.remove();
  });

  /** Resolves once a sample is in the file. */
  async function start(options: Partial<StartOptions> = {}): Promise<NodeRed> {
    const started = await startNodeRed({ flows: FLOWS, observe: ['box'], userDir, ...options });
    await started.until(
      (report) => report.kind === 'status' && report.id === 'box' && / % free/.test(report.status.text ?? ''),
    );
    return started;
  }

  /** Ends the running one, starts the next, and resolves with what that says. */
  async function endBy(
    end: () => unknown,
    next: Partial<StartOptions> = {},
  ): Promise<{ last: LastRun; safe: unknown }> {
    const gone = once(red.child, 'exit');
    await end();
    await gone;
    red = await start(next);
    const [{ payload: last }] = (await red.untilMessages('box', 1)) as [{ payload: LastRun }];
    const [{ payload: safe }] = (await red.untilMessages('box', 1, 20_000, 1)) as [{ payload: unknown }];
    assert(last.samples.length > 0 && last.samples.every(({ rss }) => (rss ?? 0) > MB), 'it has its samples');
    assert.equal(last.damaged, 0);
    assert.deepEqual(
      readdirSync(userDir).filter((name) => name.startsWith('blackbox')),
      ['blackbox.ring', 'blackbox.ring.fatal'],
    );
    return { last, safe };
  }

  /** The request may end with the process that answers it. */
  const inject = (id: string) => () => red.inject(id).catch(() => {});

  it('says nothing of a run before at its first start', () => {
    assert.equal(red.messages('box').length, 0);
    assert.equal(statSync(join(userDir, 'blackbox.ring')).mode & 0o777, 0o600);
  });

  it('tells SIGTERM as clean', async () => {
    const { last, safe } = await endBy(() => red.child.kill('SIGTERM'));
    assert.deepEqual([last.cause, last.run, safe], ['clean', 1, false], last.evidence.join('; '));
  });

  it('tells an uncaught exception as a crash, with its words and who held messages', async () => {
    const { last } = await endBy(inject('throw'), { nodeArgs: ['--max-old-space-size=96'] });
    assert.equal(last.cause, 'crash', last.evidence.join('; '));
    assert.match(last.evidence[0] ?? '', /RangeError: the pump has no pressure/);
    assert(Array.isArray(last.held), 'a census had messages counted');
    const text = await (await fetch(`${red.url}/headroom/report`)).text();
    const [{ cause, run }] = JSON.parse(text).lastRuns;
    assert.deepEqual([cause, run], ['crash', last.run]);
    assert(!text.includes('the pump has no pressure'), 'a report for others has no words of errors');
  });

  it("tells V8's death at its heap limit", async () => {
    const { last, safe } = await endBy(inject('grow'));
    assert.equal(last.cause, 'heap-limit', last.evidence.join('; '));
    assert.deepEqual([last.safeStart, safe], [false, false]);
  });

  it('tells kill -9 as unknown; the third bad end in a row makes a loop, and a safe start', async () => {
    const { last, safe } = await endBy(() => red.child.kill('SIGKILL'));
    assert.deepEqual([last.cause, last.likely], ['unknown', null], last.evidence.join('; '));
    assert.deepEqual(last.loop?.causes.sort(), ['crash', 'heap-limit', 'unknown']);
    assert.equal(safe, true);
    assert.match(red.status('box')?.text ?? '', /^safe start/);
  });

  it('says nothing more at a deploy', async () => {
    await red.deploy(FLOWS.map((node) => (node.id === 'box' ? { ...node, name: 'deployed' } : node)));
    await red.until((report) => report.kind === 'message' && report.id === 'box', 20_000);
    assert.equal(red.messages('box').length, 1);
    const { last } = await endBy(() => red.child.kill('SIGKILL'));
    assert.deepEqual([last.run, last.loop, last.safeStart], [5, null, true], 'the loop was told once');
  });

  it('tells a kill by the kernel for want of memory, where the machine lets the test make one', async function () {
    cgroup = makeCgroup('blackbox-node-red', 260 * MB);
    if (!cgroup) this.skip();
    const limited = { launcher: cgroup.launcher, nodeArgs: ['--max-old-space-size=4000'] };
    await endBy(() => red.child.kill('SIGTERM'), limited);
    const { last } = await endBy(inject('grow'));
    assert.equal(last.cause, 'oom-kill', last.evidence.join('; '));
    assert.equal(last.samples.at(-1)?.nearest, 'container');
  });
});
