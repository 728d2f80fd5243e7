import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs a script in a process of its own that can collect garbage when told to; returns what it prints last. */
function run(script: string): unknown {
  const args = ['--expose-gc', '-r', 'tsx/cjs', '-e', `(async () => {${script}})()`];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: join(__dirname, '../..'),
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const WORLD = `
  const { world, hooks, turns } = require('./test/engine/ledger/flow-world.ts');
  const { Ledger } = require('./src/ledger');
  const { Pool, leaseToFlow } = require('./src/buffer');
  const ledger = new Ledger();
  ledger.attach(hooks);
  const collect = async () => { for (let i = 0; i < 5; i += 1) { await turns(5); gc(); } };
  const holding = (id) => [...ledger.holdings()].find((each) => each.node.id === id);
`;

describe('what the ledger holds in memory', function () {
  this.timeout(60_000);

  it('is given up when a node drops messages without completing them, leases included', () => {
    const result = run(`${WORLD}
      const flow = world([{ id: 'source', wires: [['drops']] }, { id: 'drops', name: 'drops', input() {} }]);
      const pool = new Pool('leaky', { leakDetection: 'full' });
      const reports = [];
      pool.onLeak = (report) => reports.push(report);
      for (let n = 0; n < 50; n += 1) {
        const lease = pool.lease(65536);
        const token = leaseToFlow(lease, flow.node('source'), ledger, true, () => {});
        flow.node('source').send({ payload: lease.buffer });
        token.release();
        await turns(2);
      }
      const before = holding('drops').count;
      const later = Date.now() + 60000;
      ledger.sweep(later);
      pool.trim(later);
      await collect();
      ledger.sweep(later);
      await collect();
      const { inUse, inUseBytes, leaked } = pool.statistics();
      const { count, givenUp } = holding('drops');
      console.log(JSON.stringify({ before, count, givenUp, inUse, inUseBytes, leaked, live: ledger.live,
        touchedBy: reports[0].touchedBy, reports: reports.length, fault: ledger.lastFault }));
      process.exit();`) as Record<string, unknown>;
    const { before, count, givenUp, inUse, inUseBytes, leaked, live, touchedBy, reports, fault } = result;
    assert.deepEqual([before, fault], [50, null]);
    // The newest may still be on the stack of the test itself.
    assert.ok((count as number) <= 1 && (givenUp as number) >= 49, JSON.stringify(result));
    assert.ok((leaked as number) >= 49 && (reports as number) === leaked, JSON.stringify(result));
    assert.ok((inUse as number) <= 1 && (live as number) <= 1 && (inUseBytes as number) <= 65_536);
    assert.deepEqual(touchedBy, ["test 'drops' (flow Flow 1)"]);
  });

  it('stays with messages that are really kept, and never keeps one alive itself', () => {
    const result = run(`${WORLD}
      const kept = [];
      const flow = world([
        { id: 'source', wires: [['keeps', 'drops']] },
        { id: 'keeps', input(msg, send, done) { kept.push([msg, done]); } },
        { id: 'drops', input() {} },
      ]);
      ledger.watch();
      for (let n = 0; n < 100; n += 1) flow.node('source').send({ payload: 'x'.repeat(1000) + n });
      await turns(5);
      const later = Date.now() + 60000;
      ledger.sweep(later);
      await collect();
      ledger.sweep(later);
      const counts = [holding('keeps').count, holding('drops').count];
      for (const [msg, done] of kept.splice(0)) done();
      await turns(5);
      counts.push(holding('keeps')?.count ?? 0);
      console.log(JSON.stringify(counts));
      process.exit();`) as number[];
    const [keeps, drops, after] = result;
    assert.equal(keeps, 100);
    assert.ok((drops as number) <= 1, `drops ${drops}`);
    assert.equal(after, 0);
  });

  it('does not grow over 200,000 leases through a fan-out', () => {
    const growth = run(`${WORLD}
      const branch = { input(msg, send, done) { done(); } };
      const flow = world([
        { id: 'source', wires: [['a', 'b', 'c', 'd']] },
        ...['a', 'b', 'c', 'd'].map((id) => ({ id, ...branch })),
      ]);
      const pool = new Pool('frames');
      const play = async (times) => {
        for (let n = 0; n < times; n += 1) {
          const lease = pool.lease(8192);
          const token = leaseToFlow(lease, flow.node('source'), ledger, pool.watchesNext, () => {});
          flow.node('source').send({ payload: lease.buffer });
          token.release();
          if (n % 20 === 19) await turns(3);
        }
        await collect();
        return process.memoryUsage();
      };
      // V8 sizes its table of what is kept by weak keys for the most there was between two full collections.
      const before = await play(220000);
      const after = await play(200000);
      const { misses, inUse } = pool.statistics();
      console.log(JSON.stringify({ heap: after.heapUsed - before.heapUsed, buffers: after.arrayBuffers - before.arrayBuffers, misses, inUse }));
      process.exit();`) as { heap: number; buffers: number; misses: number; inUse: number };
    assert.ok(growth.heap < 500_000 && growth.buffers < 500_000, JSON.stringify(growth));
    assert.ok(growth.misses < 200 && growth.inUse === 0, JSON.stringify(growth));
  });
});
