import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import type { LastRun } from '../../src';
import { type Cgroup, makeCgroup } from '../support/cgroup';
import { temporaryFolder } from '../support/ring';

const CHILD = join(__dirname, '..', 'support', 'blackbox-child.ts');

interface Report {
  lastRun?: LastRun | null;
  notes?: string[];
  refused?: string;
  pid?: number;
}

describe('a black box', function () {
  this.timeout(60_000);
  let folder: string;
  let cgroup: Cgroup | null = null;
  const running = new Set<ChildProcess>();

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(async () => {
    for (const child of running) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    fs.rmSync(folder, { recursive: true, force: true });
    cgroup?.remove();
    cgroup = null;
  });

  /** Starts a process that records, and resolves with it and its first report. */
  async function start(
    end: string,
    launcher: string[] = [],
    args: string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<[ChildProcess, Report]> {
    const [program = '', ...rest] = [
      ...launcher,
      process.execPath,
      ...args,
      '-r',
      'tsx/cjs',
      CHILD,
      folder,
      end,
    ];
    const child = spawn(program, rest, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, ...env },
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const [report] = (await once(child, 'message')) as [Report];
    return [child, report];
  }

  async function runToItsEnd(...how: Parameters<typeof start>): Promise<Report> {
    const [child, report] = await start(...how);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return report;
  }

  /** How the process before is judged by the next. */
  async function judged(): Promise<LastRun> {
    const { lastRun } = await runToItsEnd('clean');
    assert(lastRun);
    return lastRun;
  }

  it('says nothing at its very first start', async () => {
    assert.equal((await runToItsEnd('clean')).lastRun, null);
  });

  for (const [end, cause, evidence, args = []] of [
    ['clean', 'clean', /exit code 0/],
    ['code', 'exit', /exit code 3/],
    ['throw', 'crash', /uncaught exception .*TypeError: the pump has no pressure \(.*blackbox-child/],
    ['reject', 'crash', /unhandled rejection .*nobody waits for this/],
    ['caught', 'unknown', /no last words/],
    ['abort', 'unknown', /no last words/],
    ['heap', 'heap-limit', /heap out of memory/, ['--max-old-space-size=60']],
  ] as [string, string, RegExp, string[]?][]) {
    it(`tells an end by ${end} as ${cause}, and the same after a deploy of the next run`, async () => {
      await runToItsEnd(end, [], args);
      const last = await judged();
      assert.equal(last.cause, cause, last.evidence.join('; '));
      assert.match(last.evidence.join('\n'), evidence);
      assert(last.samples.length > 0 && last.samples.every(({ rss }) => rss !== null && rss > 2 ** 20));
      assert.equal(last.damaged, 0);
    });
  }

  it('keeps the records of a process that was killed, and blames nobody', async () => {
    for (let i = 0; i < 8; i += 1) {
      const [child, report] = await start('wait');
      if (i > 0) {
        assert.equal(report.lastRun?.cause, 'unknown', report.lastRun?.evidence.join('; '));
        assert.equal(report.lastRun?.likely, null);
        assert.equal(report.lastRun?.run, i);
        assert.equal(report.lastRun?.safeStart, i >= 3);
        assert.equal(report.lastRun?.loop?.restarts ?? null, i === 3 ? 3 : null, 'a loop is told once');
        assert.equal(report.lastRun?.restarts.lastDay, i);
      }
      await new Promise((resolve) => setTimeout(resolve, 20 + 17 * i));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('tells a kill by the kernel for want of memory, where the machine lets the test make one', async function () {
    cgroup = makeCgroup('blackbox', 150 * 2 ** 20);
    if (!cgroup) this.skip();
    const [child] = await start('heap', cgroup.launcher, ['--max-old-space-size=4000']);
    await once(child, 'exit');
    const last = await judged();
    assert.equal(last.cause, 'oom-kill', last.evidence.join('; '));
  });

  describe('that is to have a heap snapshot made near the limit', () => {
    const isSnapshot = (name: string): boolean => name.endsWith('.heapsnapshot');
    let disk: string;

    beforeEach(() => {
      disk = temporaryFolder();
    });

    afterEach(() => {
      spawnSync('umount', [disk]);
      fs.rmSync(disk, { recursive: true, force: true });
    });

    /** Runs against a heap limit with its diagnostics in `disk`; resolves with what it says of snapshots. */
    async function runToItsLimit(snapshots = 1): Promise<string[]> {
      const env = { SNAPSHOTS: String(snapshots), NODE_OPTIONS: `--diagnostic-dir=${disk}` };
      const [child, report] = await start('grow', [], ['--max-old-space-size=50'], env);
      assert.equal(report.refused, undefined);
      const said: string[] = [];
      child.on('message', ({ trouble = '' }: { trouble?: string }) => {
        if (trouble.includes('snapshot')) said.push(trouble);
      });
      await once(child, 'exit');
      return said;
    }

    /** How the next start tells of it. */
    async function told(): Promise<LastRun> {
      const report = await runToItsEnd('clean', [], [], { NODE_OPTIONS: `--diagnostic-dir=${disk}` });
      assert(report.lastRun);
      return report.lastRun;
    }

    it('has one, which only its owner reads, and names it at the next start; with as many as wanted none more', async () => {
      assert.deepEqual(await runToItsLimit(), []);
      const [name = '', ...others] = fs.readdirSync(disk).filter(isSnapshot);
      assert.deepEqual(others, []);
      const path = join(disk, name);
      assert.equal(fs.statSync(path).mode & 0o777, 0o600);
      assert(JSON.parse(fs.readFileSync(path, 'utf8')).snapshot.node_count > 1_000);
      fs.chmodSync(path, 0o644);
      const last = await told();
      assert.deepEqual([last.cause, last.snapshot], ['heap-limit', path]);
      assert.equal(fs.statSync(path).mode & 0o777, 0o600);
      assert.deepEqual(await runToItsLimit(), [
        `no heap snapshot will be made near the limit: 1 of at most 1 lie in ${disk} already`,
      ]);
      assert.deepEqual(fs.readdirSync(disk).filter(isSnapshot), [name]);
      assert.equal((await told()).snapshot, null);
    });

    it('has none, and says with the figures why, where the disk has no room', async function () {
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status !== 0) this.skip();
      assert.deepEqual(await runToItsLimit(), [
        `no heap snapshot will be made near the limit: it may take 356 MB, the disk of ${disk} has 2 MB`,
      ]);
      assert.deepEqual(fs.readdirSync(disk), []);
      assert.deepEqual([(await told()).snapshot, (await told()).cause], [null, 'clean']);
    });
  });

  it('never writes a file that a living process writes', async () => {
    const [first] = await start('wait');
    const before = first.pid;
    assert.match(
      (await runToItsEnd('clean')).refused ?? '',
      new RegExp(`being written by process ${before}`),
    );
    assert.equal(first.exitCode, null);
  });
});
