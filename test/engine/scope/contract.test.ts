import assert from 'node:assert/strict';
import { Ledger } from '../../../src/ledger';
import { type BodyReport, Scope, ScopeStopped } from '../../../src/scope';
import { hooks, type Msg, turns, world } from '../ledger/flow-world';
import { SUBJECTS, type Subject } from './subjects';

/** What every resource does in the hands of a scope, whatever it is. */
for (const [kind, make] of Object.entries(SUBJECTS)) {
  describe(`the resource ${kind}`, () => {
    let ledger: Ledger;
    let subject: Subject;
    let scope: Scope<unknown>;
    let arrived: { value: unknown; done(error?: unknown): void }[];
    /** Those who wait for the next body. */
    let waiting: (() => void)[];
    let flow: ReturnType<typeof world>;

    beforeEach(() => {
      ledger = new Ledger();
      ledger.attach(hooks);
      arrived = [];
      waiting = [];
      flow = world([
        { id: 'scope', wires: [['body']] },
        {
          id: 'body',
          input(msg, _send, done) {
            arrived.push({ value: msg.value, done });
            for (const wake of waiting.splice(0)) wake();
          },
        },
      ]);
      subject = make();
      scope = new Scope({ resource: subject.resource, ledger, timeoutMs: 0 });
    });

    afterEach(async () => {
      await scope.stop();
      subject.dispose();
      assert.equal(scope.acquired, scope.released);
      assert.equal(ledger.lastFault, null);
      ledger.attach(null);
    });

    function run(on = scope): Promise<BodyReport> {
      return on.run(subject.demand, (value, token) => {
        const msg: Msg = { value };
        ledger.put(token, msg);
        flow.node('scope').send(msg);
      });
    }

    async function bodies(count: number): Promise<void> {
      while (arrived.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      assert.equal(arrived.length, count);
    }

    it('is held while its body runs, and given back once when that is done', async () => {
      const report = run();
      await bodies(1);
      const [body] = arrived;
      assert.ok(subject.isGood(body?.value));
      assert.ok([1, null].includes(subject.held()));
      assert.deepEqual([scope.acquired, scope.released, scope.inUse], [1, 0, 1]);
      body?.done();
      const { resource, outcome, messages } = await report;
      assert.deepEqual({ resource, outcome, messages }, { resource: kind, outcome: 'done', messages: 1 });
      assert.deepEqual([scope.acquired, scope.released, subject.held() ?? 0], [1, 1, 0]);
    });

    it('is given back when the body fails, with the error told', async () => {
      const report = run();
      await bodies(1);
      arrived[0]?.done(new Error('meant to'));
      const { outcome, error, lastNode } = await report;
      assert.deepEqual([outcome, error, lastNode?.id], ['error', 'meant to', 'body']);
      assert.equal(subject.held() ?? 0, 0);
    });

    it('is given back when the body takes too long, and not again when it is done after all', async () => {
      const hasty = new Scope({ resource: subject.resource, ledger, timeoutMs: 5 });
      const report = run(hasty);
      await bodies(1);
      const { outcome, lastNode } = await report;
      assert.deepEqual([outcome, lastNode?.id], ['timeout', 'body']);
      assert.equal(subject.held() ?? 0, 0);
      arrived[0]?.done();
      await turns();
      assert.deepEqual([hasty.acquired, hasty.released], [1, 1]);
    });

    it('is given back when the node stops', async () => {
      const reports = [run(), run()];
      await bodies(2);
      await scope.stop();
      for (const report of reports) assert.equal((await report).outcome, 'stopped');
      assert.deepEqual([scope.acquired, scope.released, subject.held() ?? 0], [2, 2, 0]);
    });

    it('is given back when the body cannot be begun', async () => {
      await assert.rejects(
        scope.run(subject.demand, () => {
          throw new TypeError('property: cannot be set');
        }),
        /property: cannot be set/,
      );
      assert.deepEqual([scope.acquired, scope.released, subject.held() ?? 0], [1, 1, 0]);
    });

    it('is not held, or not for long, by a message that comes while the node stops', async () => {
      const early = run();
      const stopping = scope.stop();
      await assert.rejects(run(), ScopeStopped);
      await stopping;
      await early.catch((error) => assert.ok(error instanceof ScopeStopped));
      assert.deepEqual([scope.inUse, scope.waiting, subject.held() ?? 0], [0, 0, 0]);
    });

    it('serves a hundred bodies that come at once, each in its turn', async () => {
      const reports = Array.from({ length: 100 }, () => run());
      let ended = 0;
      for (const report of reports) void report.then(() => (ended += 1));
      while (ended < 100) {
        for (const { value, done } of arrived.splice(0)) {
          assert.ok(subject.isGood(value));
          done();
        }
        await turns(1);
      }
      assert.deepEqual([scope.acquired, scope.released, subject.held() ?? 0], [100, 100, 0]);
    });
  });
}
