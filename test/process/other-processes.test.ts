import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSample } from '../../src';
import { ROOT } from '../../tools/node-red/cell';
import { type NodeRed, startNodeRed } from '../../tools/node-red/start';

describe('the example memory-sample-python', function () {
  this.timeout(90_000);
  let red: NodeRed;

  before(async function () {
    if (!existsSync('/proc/self/stat') || !hasPython()) this.skip();
    const flows = JSON.parse(readFileSync(join(ROOT, 'examples', 'memory-sample-python.json'), 'utf8'));
    red = await startNodeRed({ flows, observe: ['hr-py-sample', 'hr-py-tree'] });
  });

  after(() => red?.stop());

  it('is red while the script does not run, samples it by name when it does, and shows it in the tree', async () => {
    await red.until(
      (report) => report.kind === 'status' && /no process named/.test(report.status.text ?? ''),
    );
    await red.inject('hr-py-start');
    const [message] = await red.untilMessages('hr-py-sample', 1);
    const script = message?.payload as ProcessSample;
    assert.match(script.name, /^python/);
    assert.match(script.command, /headroom-sensor\.py/);
    assert.ok((script.rss ?? 0) > 2 ** 20);
    assert.equal(script.heapUsed, null);

    const tree = red.messages('hr-py-tree').length;
    const messages = await red.untilMessages('hr-py-tree', tree + 1);
    const sample = messages.at(-1)?.payload as ProcessSample;
    assert.equal(sample.pid, red.pid);
    assert.ok(sample.children?.some(({ pid }) => pid === script.pid));
    const sum = sample.processes.reduce((total, { rss }) => total + (rss ?? 0), 0);
    assert.equal(sample.rss, sum);
  });

  it('says that the script is gone when it was stopped', async () => {
    const from = red.reports.length;
    await red.inject('hr-py-stop');
    await red.until(
      (report) => report.kind === 'status' && report.id === 'hr-py-sample' && report.status.fill === 'red',
      20_000,
      from,
    );
  });
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
