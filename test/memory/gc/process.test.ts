import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

async function inChild<T>(nodeArgs: string[], program: string): Promise<T> {
  const { stdout } = await run(process.execPath, [...nodeArgs, '--require', 'tsx/cjs', '--eval', program]);
  return JSON.parse(stdout) as T;
}

describe('a process whose V8 flags are frozen', function () {
  this.timeout(30_000);

  it('is not aborted: no knob is turned, and a collection goes through the inspector', async () => {
    const result = await inChild<{ turned: object; collected: boolean; kind: string; reason: string }>(
      ['--freeze-flags-after-init'],
      `const { Tuner, collect } = require('./src/index.ts');
       const { setKnobs } = require('./src/gc/flags.ts');
       const tuner = new Tuner({ profile: 'govern' });
       const { reason } = tuner.tuning;
       tuner.close();
       const turned = setKnobs({ 'heap-growing-percent': 20 });
       collect({ kind: 'major', execution: 'sync' }).then(({ collected, kind }) =>
         console.log(JSON.stringify({ turned, collected, kind, reason })));`,
    );
    assert.deepEqual(result.turned, {});
    assert.equal(result.collected, true);
    assert.equal(result.kind, 'major');
    assert.match(result.reason, /frozen/);
  });
});

describe('the collector', function () {
  this.timeout(30_000);

  it('leaves nothing behind that keeps a process alive: it ends by itself after collecting and governing', async () => {
    const { ended } = await inChild<{ ended: boolean }>(
      [],
      `const { Governor, collect } = require('./src/index.ts');
       new Governor({ budgetBytes: 64 * 2 ** 20 });
       collect({ kind: 'major', execution: 'async', whenIdle: true, maxWaitMs: 86_400_000 });
       process.on('exit', () => console.log(JSON.stringify({ ended: true })));`,
    );
    assert.equal(ended, true);
  });

  it('gives the memory of dropped objects and Buffers back to the system', async () => {
    const { before, after } = await inChild<{ before: number; after: number }>(
      [],
      `const { collect } = require('./src/index.ts');
       let kept = Array.from({ length: 800_000 }, (_, i) => ({ i, text: 'n' + i }));
       let buffers = Array.from({ length: 60 }, () => Buffer.alloc(2 ** 20, 1));
       setTimeout(async () => {
         const before = process.memoryUsage.rss();
         kept = buffers = null;
         await collect({ kind: 'major', execution: 'async' });
         console.log(JSON.stringify({ before, after: process.memoryUsage.rss() }));
       }, 20);`,
    );
    assert.ok(before - after > 60 * 2 ** 20, `${before} → ${after}`);
  });
});
