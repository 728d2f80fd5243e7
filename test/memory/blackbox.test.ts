import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
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
    const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const [report] = (await once(child, 'message')) as [Report];
    return [child, report];
  }

  async function runToItsEnd(end: string, launcher: string[] = [], args: string[] = []): Promise<Report> {
    const [child, report] = await start(end, launcher, args);
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
