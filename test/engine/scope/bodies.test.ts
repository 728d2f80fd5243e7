import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { Ledger } from '../../../src/ledger';
import { type BodyOutcome, type Held, type Resource, Scope, temporaryFile } from '../../../src/scope';
import { hooks, type Msg, turns, world } from '../ledger/flow-world';
import { scratch, temporariesIn } from './subjects';

/** What becomes of a body: how its last node treats the message. */
const FATES = ['done', 'error', 'later', 'fan-out', 'drop', 'never'] as const;
type Fate = (typeof FATES)[number];

/** Counts for each thing lent how often it came back, and takes a moment for both, as a disk does. */
class Counting implements Resource<unknown, number> {
  readonly kind = 'none';
  readonly releases: number[] = [];
  failing = 0;

  async acquire(demand: unknown): Promise<Held<number>> {
    await null;
    if (demand === 'unavailable') throw new TypeError('not to be had');
    const id = this.releases.push(0) - 1;
    return {
      value: id,
      release: async () => {
        await null;
        this.releases[id] = (this.releases[id] ?? 0) + 1;
        if (this.failing > 0) {
          this.failing -= 1;
          throw new Error('cannot be given back');
        }
      },
    };
  }
}

describe('the bodies of scopes', () => {
  let ledger: Ledger;

  beforeEach(() => {
    ledger = new Ledger();
    ledger.attach(hooks);
  });

  afterEach(() => {
    assert.equal(ledger.lastFault, null);
    ledger.attach(null);
  });

  /** scope → first → last, and a second branch; `last` does what the message says. */
  function bodies(resource: Resource, timeoutMs: number) {
    const flow = world([
      { id: 'scope', wires: [['first', 'other']] },
      {
        id: 'first',
        wires: [['last']],
        input(msg, send, done) {
          if (msg.fate === 'drop') return done();
          send(msg.fate === 'fan-out' ? [[{ ...msg }, { fate: 'done' }]] : msg);
          done();
        },
      },
      { id: 'other', input: (_msg, _send, done) => done() },
      {
        id: 'last',
        input(msg, _send, done) {
          if (msg.fate === 'error') done(new Error('meant to'));
          else if (msg.fate === 'later') setImmediate(done);
          else if (msg.fate !== 'never') done();
        },
      },
    ]);
    let scope = new Scope({ resource, ledger, timeoutMs });
    const scopes = [scope];
    const outcomes: Record<string, number> = {};
    function count(what: string): void {
      outcomes[what] = (outcomes[what] ?? 0) + 1;
    }

    return {
      outcomes,
      async run(fate: Fate, demand?: unknown): Promise<BodyOutcome | 'refused'> {
        try {
          const report = await scope.run(demand, (value, token) => {
            const msg: Msg = { value, fate };
            ledger.put(token, msg);
            flow.node('scope').send(msg);
          });
          count(report.outcome);
          return report.outcome;
        } catch {
          count('refused');
          return 'refused';
        }
      },
      /** A deploy of the scope: the old one stops, a new one takes its place. */
      async redeploy(): Promise<void> {
        const old = scope;
        scope = new Scope({ resource, ledger, timeoutMs });
        scopes.push(scope);
        await old.stop();
      },
      sums: () => ({
        acquired: scopes.reduce((sum, each) => sum + each.acquired, 0),
        released: scopes.reduce((sum, each) => sum + each.released, 0),
        waiting: scopes.reduce((sum, each) => sum + each.waiting, 0),
      }),
    };
  }

  it('give back exactly once what they got, in any order of ends, deploys and refusals', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...FATES) },
      { weight: 1, arbitrary: fc.constant('redeploy' as const) },
      { weight: 1, arbitrary: fc.constant('unavailable' as const) },
      { weight: 1, arbitrary: fc.constant('stuck' as const) },
      { weight: 2, arbitrary: fc.constant('turn' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const resource = new Counting();
        const flow = bodies(resource, 5);
        const take = (each: (typeof steps)[number]): unknown => {
          if (each === 'redeploy') return flow.redeploy();
          if (each === 'unavailable') return flow.run('done', each);
          if (each !== 'stuck') return flow.run(each as Fate);
          resource.failing += 1;
          return null;
        };
        const runs: unknown[] = [];
        for (const each of steps) {
          if (each === 'turn') await turns(1);
          else runs.push(take(each));
        }
        await Promise.all(runs);
        await flow.redeploy();
        const { acquired, released, waiting } = flow.sums();
        assert.deepEqual([released, waiting], [acquired, 0]);
        assert.deepEqual(
          resource.releases,
          resource.releases.map(() => 1),
        );
        assert.equal(ledger.live, 0);
      }),
      { numRuns: 150 },
    );
  });

  it('leave no file behind, ten thousand of them with random ends', async function () {
    this.timeout(60_000);
    const folder = scratch();
    const files = temporaryFile({ folder });
    const flow = bodies(files, 300);
    const random = fc.sample(fc.constantFrom(...FATES), { numRuns: 10_000, seed: 8 });
    for (let at = 0; at < random.length; at += 1_000) {
      const runs = random.slice(at, at + 1_000).map((fate) => flow.run(fate));
      if (at % 3_000 === 0) {
        await turns(2);
        runs.push(flow.redeploy().then(() => 'stopped'));
      }
      await Promise.all(runs);
    }
    await flow.redeploy();
    const { acquired, released } = flow.sums();
    const { done = 0, error = 0, timeout = 0, stopped = 0, refused = 0 } = flow.outcomes;
    assert.equal(done + error + timeout + stopped + refused, 10_000);
    assert.ok(Math.min(done, error, timeout, stopped + refused) > 0, JSON.stringify(flow.outcomes));
    assert.equal(acquired, released);
    assert.deepEqual(temporariesIn(folder), []);
    assert.equal(ledger.live, 0);
    rmSync(folder, { recursive: true, force: true });
  });
});
