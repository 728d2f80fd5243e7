import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { type Cgroup, makeCgroup } from '../support/cgroup';

const MB = 2 ** 20;
const hasProc = existsSync('/proc/self/status');

function flowOf(config: Record<string, unknown> = {}): FlowNode[] {
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    { id: 'now', type: 'inject', z: 'tab', x: 100, y: 100, props: [{ p: 'payload' }], wires: [['sample']] },
    {
      id: 'sample',
      type: 'memory-sample',
      z: 'tab',
      x: 300,
      y: 100,
      intervalMs: 0,
      ...config,
      wires: [['out']],
    },
    { id: 'out', type: 'change', z: 'tab', x: 500, y: 100, rules: [], wires: [[]] },
  ];
}

/** Takes one sample, and what `read` says in the same moment or one message later. */
async function sampleAnd<T>(red: NodeRed, read: () => T): Promise<{ sample: Sample; before: T; after: T }> {
  const known = red.messages('sample').length;
  const before = read();
  await red.inject('now');
  const messages = await red.untilMessages('sample', known + 1);
  return { sample: messages.at(-1)?.payload as Sample, before, after: read() };
}

/** The pair of sample and kernel figure that lie nearest together: the process goes on working in between. */
async function nearest(
  red: NodeRed,
  read: () => number,
  figure: (sample: Sample) => number,
): Promise<number> {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 15 && smallest > 0; i += 1) {
    const { sample, before, after } = await sampleAnd(red, read);
    for (const kernel of [before, after]) {
      smallest = Math.min(smallest, Math.abs(figure(sample) - kernel) / kernel);
    }
  }
  return smallest;
}

describe('memory-sample in a real Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed;

  before(async () => {
    red = await startNodeRed({ flows: flowOf(), observe: ['sample'] });
  });

  after(() => red?.stop());

  it('reports the RSS that the kernel reports, within 2 percent', async function () {
    if (!hasProc) this.skip();
    const off = await nearest(
      red,
      () => kernelRss(red.pid),
      ({ rss }) => rss ?? 0,
    );
    assert(off < 0.02, `${(off * 100).toFixed(2)} % off`);
  });

  it('tells how many bytes are left, and shows it in its status', async () => {
    const { sample } = await sampleAnd(red, () => null);
    assert.equal(sample.pid, red.pid);
    assert(sample.headroom !== null && sample.headroom.bytes > 0);
    assert.match(red.status('sample')?.text ?? '', /^[\d.]+ MB · \d+ % free$/);
  });

  it('leaves hooks, listeners, handles and open files as they were after 20 deploys', async () => {
    await red.deploy(flowOf({ intervalMs: 20 }));
    await nextSample(red);
    const first = await held(red);
    for (let i = 0; i < 20; i += 1) {
      await red.deploy(flowOf({ intervalMs: 20, name: `deploy ${i}` }), i % 2 === 0 ? 'full' : 'nodes');
      await nextSample(red);
    }
    assert.deepEqual(await held(red), first);
  });

  it('observes no collections any more once no node has an interval', async () => {
    await red.deploy(flowOf({ intervalMs: 20 }));
    assert.notEqual((await nextSample(red)).gc, null);
    await red.deploy(flowOf({ intervalMs: 0 }));
    const { sample } = await sampleAnd(red, () => null);
    assert.deepEqual([sample.gc, sample.liveHeap], [null, null]);
  });

  it('holds no file of the kernel open once it is deleted', async function () {
    if (!hasProc) this.skip();
    await red.deploy(flowOf({ intervalMs: 20 }));
    await nextSample(red);
    assert(kernelFilesOpenIn(red.pid).length > 0);
    await red.deploy([{ id: 'tab', type: 'tab', label: 'empty' }]);
    assert.deepEqual(kernelFilesOpenIn(red.pid), []);
  });

  it('with a wrong interval is red with the reason, and Node-RED goes on', async () => {
    const from = red.reports.length;
    await red.deploy(flowOf({ intervalMs: 'soon' }));
    await red.until(
      (report) =>
        report.kind === 'status' && /^intervalMs: "soon" is not valid/.test(report.status.text ?? ''),
      20_000,
      from,
    );
    assert.equal(red.status('sample')?.fill, 'red');
    await red.deploy(flowOf());
    const { sample } = await sampleAnd(red, () => null);
    assert.equal(sample.pid, red.pid);
  });
});

describe('memory-sample in a real cgroup, where the machine lets the test make one', function () {
  this.timeout(120_000);
  const LIMIT = 400 * MB;
  let cgroup: Cgroup | null = null;
  let red: NodeRed;

  before(async function () {
    cgroup = makeCgroup('sample', LIMIT);
    if (!cgroup) this.skip();
    red = await startNodeRed({
      flows: flowOf(),
      observe: ['sample'],
      launcher: cgroup.launcher,
      nodeArgs: ['--max-old-space-size=2048'], // so that the heap does not run out first
    });
  });

  after(async () => {
    await red?.stop();
    cgroup?.remove();
  });

  it("reports the limit in the cgroup's file", async () => {
    const { container } = (await sampleAnd(red, () => null)).sample;
    assert.equal(container?.limit, LIMIT);
    assert.equal(container.limit, inFile(cgroup?.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'));
    assert.equal(container.version, cgroup?.version);
    assert.equal(container.oomKills, 0);
  });

  it("reports the usage in the cgroup's file", async () => {
    const file = cgroup?.version === 1 ? 'memory.usage_in_bytes' : 'memory.current';
    const off = await nearest(
      red,
      () => inFile(file),
      ({ container }) => container?.used ?? 0,
    );
    assert(off < 0.005, `${(off * 100).toFixed(2)} % off`);
  });

  it('has the container as the nearest limit, by what the kernel cannot simply drop', async () => {
    const { container, headroom } = (await sampleAnd(red, () => null)).sample;
    assert(container !== null && container.workingSet > 0 && container.workingSet <= container.used);
    assert.equal(headroom?.nearest, 'container');
    assert.equal(headroom.bytes, LIMIT - container.workingSet);
  });

  function inFile(name: string): number {
    return Number(readFileSync(join(cgroup?.folder ?? '', name), 'utf8'));
  }
});

async function nextSample(red: NodeRed): Promise<Sample> {
  const messages = await red.untilMessages('sample', red.messages('sample').length + 1);
  return messages.at(-1)?.payload as Sample;
}

function kernelRss(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) * 1024;
}

/** What stays with the process; without sockets and their timers, which come and go with each deploy's request. */
async function held(red: NodeRed): Promise<object> {
  const { active, listeners, hooks } = await red.ask<{
    active: Record<string, number>;
    listeners: object;
    hooks: string[];
  }>('resources');
  const { TCPSocketWrap: _, TCPServerWrap: __, Timeout: ___, Immediate: ____, ...handles } = active;
  return { handles, listeners, hooks, files: hasProc ? kernelFilesOpenIn(red.pid).sort() : [] };
}

function kernelFilesOpenIn(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return /^\/(proc|sys)\//.test(target) ? [target] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}
