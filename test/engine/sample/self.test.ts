import assert from 'node:assert/strict';
import v8 from 'node:v8';
import { PARTS } from '../../../nodes/memory-sample/config';
import { GcWindow, SAMPLE_PARTS, type Sampler, type SelfSamplerOptions, selfSampler } from '../../../src';
import { collect } from '../../support/collections';
import { callsOf, machine } from '../../support/machines';

describe('a sample of this process', () => {
  const samplers: Sampler[] = [];

  function open(options: SelfSamplerOptions = {}): Sampler {
    const sampler = selfSampler(options);
    samplers.push(sampler);
    return sampler;
  }

  afterEach(() => {
    for (const sampler of samplers.splice(0)) sampler.close();
  });

  it('has the figures of the contract, and null for what was not asked for', () => {
    const before = Date.now();
    const sample = open({ files: machine('container-v2'), calls: callsOf('linux') }).sample();
    assert.deepEqual(Object.keys(sample).sort(), [
      ...['arrayBuffers', 'container', 'external', 'gc', 'headroom', 'heapLimit', 'heapTotal', 'heapUsed'],
      ...['liveHeap', 'pid', 'pools', 'pressure', 'pss', 'rss', 'spaces', 'swap', 'system', 'time'],
      ...['uptimeSeconds', 'uss'],
    ]);
    assert(sample.time >= before && sample.time <= Date.now());
    assert.equal(sample.pid, process.pid);
    assert.equal(sample.heapLimit, v8.getHeapStatistics().heap_size_limit);
    for (const figure of [
      sample.rss,
      sample.heapTotal,
      sample.heapUsed,
      sample.external,
      sample.arrayBuffers,
    ]) {
      assert(typeof figure === 'number' && figure > 0);
    }
    assert.equal(sample.container?.limit, 536870912);
    assert.equal(sample.system?.available, 13100288 * 1024);
    const { spaces, pressure, pss, uss, swap, pools } = sample;
    assert.deepEqual([spaces, pressure, pss, uss, swap, pools], Array(6).fill(null));
  });

  it('has every part when all are asked for', () => {
    const sample = open({
      include: SAMPLE_PARTS,
      files: machine('container-v2'),
      calls: callsOf('linux'),
    }).sample();
    assert.deepEqual(sample.pressure, { some: 3.27, full: 1.08 });
    assert.equal(sample.pss, 188422 * 1024);
    assert.deepEqual(sample.pools, []);
    const old = sample.spaces?.find(({ name }) => name === 'old_space');
    assert.deepEqual(Object.keys(old ?? {}), ['name', 'size', 'used', 'available', 'physical']);
  });

  it('offers the parts that the form of memory-sample names', () => {
    assert.deepEqual([...PARTS], [...SAMPLE_PARTS]);
  });

  it('counts container and system into the headroom, asked for or not', () => {
    const files = machine('container-v2', {
      '/sys/fs/cgroup/memory.current': '536870911\n',
      '/sys/fs/cgroup/memory.stat': '',
    });
    const sample = open({ include: [], files, calls: callsOf('linux') }).sample();
    assert.equal(sample.container, null);
    assert.equal(sample.system, null);
    assert.deepEqual(sample.headroom, { bytes: 1, percent: 0, nearest: 'container' });
  });

  it('has the heap as nearest limit where the system tells nothing', () => {
    for (const [name, platform] of [
      ['macos', 'darwin'],
      ['malformed', 'linux'],
    ] as const) {
      const sample = open({ include: SAMPLE_PARTS, files: machine(name), calls: callsOf(platform) }).sample();
      assert.equal(sample.headroom?.nearest, 'heap');
      const { container, pressure, pss, uss, swap } = sample;
      assert.deepEqual([container, pressure, pss, uss, swap], [null, null, null, null, null], name);
    }
  });

  it('works again after a moment in which nothing could be read', () => {
    const changed: Record<string, string | null> = {};
    const sampler = open({ files: machine('container-v2', changed), calls: callsOf('linux') });
    assert.equal(sampler.sample().container?.limit, 536870912);
    changed['/sys/fs/cgroup/memory.current'] = null;
    changed['/proc/meminfo'] = 'garbage';
    const broken = sampler.sample();
    assert.deepEqual([broken.container, broken.system?.available], [null, null]);
    assert.equal(broken.headroom?.nearest, 'heap');
    for (const path of Object.keys(changed)) delete changed[path];
    const whole = sampler.sample();
    assert.equal(whole.container?.limit, 536870912);
    assert.equal(whole.system?.available, 13100288 * 1024);
  });

  it('takes the live heap for its headroom once a major collection told it', async () => {
    const sampler = open({ files: machine('macos'), calls: callsOf('darwin') });
    const first = sampler.sample();
    assert.equal(first.liveHeap, null);
    assert.equal(first.headroom?.bytes, (first.heapLimit ?? 0) - (first.heapUsed ?? 0));
    await collect();
    const after = sampler.sample();
    assert(after.gc !== null && after.gc.major >= 1);
    assert.equal(after.headroom?.bytes, (after.heapLimit ?? 0) - (after.liveHeap ?? 0));
    assert.equal(sampler.sample().gc?.major, 0, 'told once');
  });

  it('knows nothing of collections when it does not observe, unless somebody else does', () => {
    const sampler = open({ observe: false });
    const { gc, liveHeap } = sampler.sample();
    assert.deepEqual([gc, liveHeap], [null, null]);
    const other = new GcWindow();
    assert.notEqual(sampler.sample().gc, null);
    other.close();
    assert.equal(sampler.sample().gc, null);
  });

  it('agrees with Node.js on this machine', () => {
    const sample = open().sample();
    const rss = process.memoryUsage.rss();
    assert(Math.abs((sample.rss ?? 0) - rss) < rss * 0.05);
    assert(sample.headroom !== null && sample.headroom.percent > 0);
  });
});
