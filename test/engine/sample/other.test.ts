import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { otherSampler, type Target } from '../../../src';
import { type FakeProcess, fakeProc } from '../../support/proc-files';

const KB = 1024;

function sampling(
  target: Target,
  processes: Record<number, FakeProcess>,
  include: ('pss' | 'system')[] = ['pss'],
) {
  const table = new Map(Object.entries(processes).map(([pid, entry]) => [Number(pid), entry]));
  return { table, sampler: otherSampler(target, { include, files: fakeProc(table) }) };
}

describe('a sample of other processes', () => {
  it('of one pid tells its memory, name and command, and no heap', () => {
    const { sampler } = sampling(
      { by: 'pid', pid: 7 },
      { 7: { name: 'python3', command: ['python3', 'a.py'], pssKb: 600 } },
    );
    const sample = sampler.sample();
    assert.equal(sample.pid, 7);
    assert.equal(sample.name, 'python3');
    assert.equal(sample.command, 'python3 a.py');
    assert.equal(sample.rss, 1000 * KB);
    assert.equal(sample.pss, 600 * KB);
    assert.equal(sample.uss, 3 * KB);
    assert.equal(sample.uptimeSeconds, 950);
    assert.deepEqual(
      [sample.heapUsed, sample.heapLimit, sample.liveHeap, sample.gc],
      [null, null, null, null],
    );
  });

  it('of a name sums and lists all that bear it, as program or as script', () => {
    const { sampler } = sampling(
      { by: 'name', name: 'sensor.py' },
      {
        7: {
          name: 'python3',
          command: ['/usr/bin/python3', '-u', '/home/pi/sensor.py'],
          rssKb: 100,
          startTicks: 90,
        },
        8: { name: 'python3', command: ['python3', 'other.py', 'sensor.py'], rssKb: 200 },
        9: { name: 'sensor.py', rssKb: 300, startTicks: 80 },
      },
    );
    const sample = sampler.sample();
    assert.deepEqual(
      sample.processes.map(({ pid }) => pid),
      [9, 7],
    );
    assert.equal(sample.rss, 400 * KB);
    assert.equal(sample.children, null);
  });

  it('of a tree holds everything that descends from its root, and nothing beside it', () => {
    const { sampler } = sampling(
      { by: 'tree', root: 5 },
      { 5: {}, 6: { ppid: 5 }, 7: { ppid: 6, name: 'odd ) name (' }, 8: { ppid: 1 } },
    );
    const sample = sampler.sample();
    assert.deepEqual(
      sample.processes.map(({ pid }) => pid),
      [5, 6, 7],
    );
    assert.deepEqual(
      sample.children?.map(({ name }) => name),
      ['sleep', 'odd ) name ('],
    );
    assert.equal(sample.rss, 3000 * KB);
  });

  it('of a tree ends where pids used again while they were listed make a circle', () => {
    const { sampler } = sampling({ by: 'tree', root: 5 }, { 5: { ppid: 6 }, 6: { ppid: 5 } });
    assert.deepEqual(
      sampler.sample().processes.map(({ pid }) => pid),
      [5, 6],
    );
  });

  it('tells what started and what vanished since the last one, and takes a re-used pid for both', () => {
    const { sampler, table } = sampling({ by: 'tree', root: 5 }, { 5: {}, 6: { ppid: 5 }, 7: { ppid: 5 } });
    const first = sampler.sample();
    assert.deepEqual([first.started, first.vanished], [[], []]);
    table.delete(6);
    table.set(7, { ppid: 5, name: 'other', startTicks: 6000 });
    table.set(8, { ppid: 5, name: 'new' });
    const second = sampler.sample();
    assert.deepEqual(second.started, [
      { pid: 7, name: 'other' },
      { pid: 8, name: 'new' },
    ]);
    assert.deepEqual(second.vanished, [
      { pid: 6, name: 'sleep' },
      { pid: 7, name: 'sleep' },
    ]);
  });

  it('refuses once when the pid belongs to another process by now, then samples that one', () => {
    const { sampler, table } = sampling({ by: 'pid', pid: 7 }, { 7: { name: 'python3' } });
    sampler.sample();
    table.set(7, { name: 'bash', startTicks: 9000 });
    assert.throws(
      () => sampler.sample(),
      /process 7 \(python3\) has vanished; its pid belongs to another process now \(bash\)/,
    );
    assert.equal(sampler.sample().name, 'bash');
  });

  it('keeps the RSS and leaves the PSS null where the system denies it, also in a sum', () => {
    const { sampler } = sampling({ by: 'tree', root: 5 }, { 5: { pssKb: 10 }, 6: { ppid: 5 } });
    const sample = sampler.sample();
    assert.equal(sample.rss, 2000 * KB);
    assert.equal(sample.pss, null);
    assert.equal(sample.processes[0]?.pss, 10 * KB);
  });

  it('says what it did not find: a pid, a name', () => {
    assert.throws(
      () => sampling({ by: 'pid', pid: 9 }, {}).sampler.sample(),
      /there is no process with pid 9/,
    );
    assert.throws(
      () => sampling({ by: 'name', name: 'x' }, {}).sampler.sample(),
      /there is no process named "x"/,
    );
    assert.throws(
      () => sampling({ by: 'tree', root: 'x' }, {}).sampler.sample(),
      /there is no process named "x"/,
    );
  });

  it('says that the system has no /proc rather than that nothing was found', () => {
    const files = { read: () => null, reread: () => null, list: () => null, close() {} };
    assert.throws(
      () => otherSampler({ by: 'name', name: 'node' }, { files }).sample(),
      /which this system does not have/,
    );
  });
});

describe('a sample of a real child process', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('agrees with what /proc tells another reader, and notices its end', async () => {
    const child = spawn('cat');
    child.stdin.write('settled\n');
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const sampler = otherSampler({ by: 'pid', pid }, { include: ['pss'] });
    const sample = sampler.sample();
    const status = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * KB;
    const pss = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) * KB;
    assert.ok(Math.abs((sample.rss ?? 0) - status) <= 0.02 * status, `rss ${sample.rss} against ${status}`);
    assert.ok(Math.abs((sample.pss ?? 0) - pss) <= 0.02 * pss, `pss ${sample.pss} against ${pss}`);
    child.kill();
    await once(child, 'exit');
    assert.throws(() => sampler.sample(), /there is no process/);
  });
});
