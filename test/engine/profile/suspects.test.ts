import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { type ProfiledNode, Profiler, SuspectFinder } from '../../../src/profile';
import { hooks, world } from '../ledger/flow-world';

describe('suspects', () => {
  let profiler: Profiler;
  let finder: SuspectFinder;
  let failures: unknown[];
  let named: Promise<readonly ProfiledNode[]>;
  let leak: (times: number) => void;
  const judge = (state: string, bytesPerHour = 100_000, secondsToLimit: number | null = null): void =>
    finder.judge({ state, bytesPerHour, secondsToLimit });

  beforeEach(() => {
    profiler = new Profiler();
    failures = [];
    const kept: unknown[] = [];
    const { nodes, node } = world([
      {
        id: 'leaky',
        name: 'keeps all',
        input: (_msg, _send, done) => {
          kept.push(new Array(10_000).fill({}));
          done();
        },
      },
    ]);
    leak = (times) => {
      for (let n = 0; n < times; n += 1) node('leaky').receive({});
    };
    profiler.attach({
      hooks,
      flows: { eachNode: (visit) => [...nodes.values()].forEach(visit), getNode: (id) => nodes.get(id) },
      stores: [],
      emitters: [],
    });
    named = new Promise((resolve) => {
      finder = new SuspectFinder({
        profiler,
        by: 'a test',
        onNamed: resolve,
        onFailure: (error) => failures.push(error),
      });
    });
  });

  afterEach(() => finder.stop());

  it('are looked for only while something is suspected', () => {
    for (const state of ['learning', 'healthy']) judge(state);
    assert.equal(profiler.armed, false);
    judge('suspect');
    assert.equal(profiler.armed, true);
    judge('recovered');
    assert.equal(profiler.armed, false);
    judge('suspect');
    finder.stop();
    assert.equal(profiler.armed, false);
  });

  it('are named when the suspicion becomes certain, and forgotten when it has passed', async () => {
    judge('suspect');
    leak(100);
    judge('leaking');
    const [first] = await named;
    assert.deepEqual([first?.id, first?.name, first?.flow], ['leaky', 'keeps all', 'Flow 1']);
    assert.equal(finder.suspects[0], first);
    assert.ok((first?.percent ?? 0) > 80);
    judge('recovered');
    assert.deepEqual(finder.suspects, []);
  });

  it('are named within a second or two where the growth leaves no time', async () => {
    judge('leaking', 30_000_000_000);
    leak(100);
    const [first] = await named;
    assert.equal(first?.id, 'leaky');
  });

  it('are named at once, by what they hold, where the limit is nearer than a look', async () => {
    leak(100);
    judge('leaking', 100_000, 20);
    const [first] = await named;
    assert.equal(first?.id, 'leaky');
  });

  it('cannot be named while another tool samples, which is said once', () => {
    const other = new Session();
    other.connect();
    other.post('HeapProfiler.startSampling');
    try {
      judge('suspect');
      judge('leaking');
      assert.equal(failures.length, 1);
      assert.match(String(failures[0]), /another tool/);
      assert.deepEqual(finder.suspects, []);
    } finally {
      other.post('HeapProfiler.stopSampling');
      other.disconnect();
    }
  });
});
