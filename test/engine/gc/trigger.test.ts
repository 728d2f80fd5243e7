import assert from 'node:assert/strict';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Collection, collect } from '../../../src/gc/trigger';

/** Garbage that only a full collection gets rid of, and nothing keeps. */
function litter(): void {
  let held: object[] = [];
  for (let i = 0; i < 200_000; i += 1) held.push({ i, text: `n${i}` });
  held = [];
}

function agreesWithItself(result: Collection): void {
  assert.equal(result.collected, true);
  assert.equal(result.reason, null);
  assert.ok(result.pauseMs > 0);
  assert.ok(result.before.heapUsed > 0 && result.after.heapUsed > 0);
}

describe('collect', () => {
  for (const execution of ['sync', 'async', 'once'] as const) {
    it(`a major ${execution} collection frees garbage without a command-line flag`, async () => {
      litter();
      const result = await collect({ kind: 'major', execution });
      agreesWithItself(result);
      assert.ok(result.freed > 2 ** 20, `freed ${result.freed}`);
      assert.equal(result.kind, 'major');
    });

    it(`a minor ${execution} collection is a scavenge and costs less than a full one`, async () => {
      const minor = await collect({ kind: 'minor', execution });
      agreesWithItself(minor);
      assert.equal(minor.kind, 'minor');
    });
  }

  it('a sync collection is done before the call returns', async () => {
    litter();
    const before = v8.getHeapStatistics().used_heap_size;
    const pending = collect({ kind: 'major', execution: 'sync' });
    assert.ok(v8.getHeapStatistics().used_heap_size < before);
    await pending;
  });

  it('a new vm context, as function nodes have, gets no global gc', async () => {
    await collect({ kind: 'minor', execution: 'sync' });
    assert.equal(runInNewContext('typeof gc'), 'undefined');
  });

  it('callers that ask while a collection runs share its result', async () => {
    const results = await Promise.all(
      Array.from({ length: 5 }, () => collect({ kind: 'major', execution: 'async', minIntervalMs: 60_000 })),
    ).then(async (first) => {
      // The cooldown of the first five is over by definition: none of them found an earlier run.
      if (first.some(({ reason }) => reason === 'cooldown')) {
        return Promise.all(Array.from({ length: 5 }, () => collect({ kind: 'major', execution: 'async' })));
      }
      return first;
    });
    assert.deepEqual(
      results.map(({ collected, shared }) => [collected, shared]),
      [[true, false], ...Array.from({ length: 4 }, () => [true, true])],
    );
    assert.equal(new Set(results.map(({ freed }) => freed)).size, 1);
  });

  it('a minor one asked for inside a major one shares the major one', async () => {
    const [major, minor] = await Promise.all([
      collect({ kind: 'major', execution: 'async' }),
      collect({ kind: 'minor', execution: 'sync' }),
    ]);
    assert.equal(minor.kind, 'major');
    assert.equal(minor.shared, true);
    assert.equal(minor.pauseMs, major.pauseMs);
  });

  it('a major one asked for inside a minor one runs for itself', async () => {
    const [minor, major] = await Promise.all([
      collect({ kind: 'minor', execution: 'sync' }),
      collect({ kind: 'major', execution: 'async' }),
    ]);
    assert.equal(minor.kind, 'minor');
    assert.equal(major.kind, 'major');
    assert.equal(major.collected, true);
  });

  it('a second one within the cooldown is refused and says why', async () => {
    await collect({ kind: 'major', execution: 'async' });
    const second = await collect({ kind: 'major', execution: 'async', minIntervalMs: 60_000 });
    assert.equal(second.collected, false);
    assert.equal(second.reason, 'cooldown');
    assert.equal(second.freed, 0);
    assert.deepEqual(second.before, second.after);
  });

  it('a major one counts for the cooldown of a minor one, not the other way round', async () => {
    await collect({ kind: 'major', execution: 'async' });
    const minor = await collect({ kind: 'minor', execution: 'sync', minIntervalMs: 60_000 });
    assert.equal(minor.reason, 'cooldown');
  });

  it('a heap used less than minHeapPercent is left alone', async () => {
    const result = await collect({ kind: 'major', execution: 'async', minHeapPercent: 99 });
    assert.equal(result.collected, false);
    assert.equal(result.reason, 'below');
  });

  it('waiting for idle collects in a quiet moment, and tells so', async () => {
    const result = await collect({ kind: 'minor', execution: 'sync', whenIdle: true, maxWaitMs: 5000 });
    assert.equal(result.collected, true);
    assert.equal(result.idle, true);
    assert.ok(result.waitedMs > 0);
  });

  it('a loop that is never idle is collected after maxWaitMs', async () => {
    let busy = true;
    (function work() {
      const until = performance.now() + 10;
      while (performance.now() < until);
      if (busy) setImmediate(work);
    })();
    const result = await collect({ kind: 'minor', execution: 'sync', whenIdle: true, maxWaitMs: 300 });
    busy = false;
    assert.equal(result.collected, true);
    assert.equal(result.idle, false);
  });

  it('a wait that is aborted ends at once and collects nothing', async () => {
    const stop = new AbortController();
    const pending = collect({
      kind: 'major',
      execution: 'async',
      whenIdle: true,
      maxWaitMs: 60_000,
      signal: stop.signal,
    });
    stop.abort();
    const result = await pending;
    assert.equal(result.collected, false);
    assert.equal(result.reason, 'stopped');
  });
});
