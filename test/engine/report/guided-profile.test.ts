import assert from 'node:assert/strict';
import { type ProfileReport, type ProfileRun, Profiler } from '../../../src/profile';
import { GuidedProfile, type ProfileFigures, ProfileUnderWay } from '../../../src/report';

const START = { mode: 'live', sampleBytes: 4_096, durationMs: 60_000 } as const;

/** A profiler whose readings grow by hand. */
function scripted(readings: { [id: string]: number }[]): {
  profiler: Profiler;
  end(): Promise<void>;
  stopped(): boolean;
} {
  let stopped = false;
  let onEnd = async (): Promise<void> => {};
  const profiler = Object.create(Profiler.prototype) as Profiler;
  profiler.start = (options) => {
    onEnd = options.onEnd;
    return {
      running: true,
      async ready() {},
      stop() {
        stopped = true;
      },
      async read() {
        const bytes = readings.shift();
        if (!bytes) throw new Error('the sampling was lost');
        const nodes = Object.entries(bytes).map(([id, size]) => ({
          id,
          name: id,
          type: 'function',
          flow: 'Flow',
          bytes: size,
          externalBytes: 0,
          percent: 0,
        }));
        const report: ProfileReport = {
          mode: 'live',
          seconds: 1,
          sampleBytes: 1,
          totalBytes: 1,
          nodes,
          unattributed: { bytes: 0, top: [] },
        };
        return { report, time: 1 } as Awaited<ReturnType<ProfileRun['read']>>;
      },
    };
  };
  return { profiler, end: () => onEnd(), stopped: () => stopped };
}

describe('GuidedProfile', () => {
  it('ends with a last reading, and tells what each node gained since the one before', async () => {
    const { profiler, end, stopped } = scripted([
      { leaky: 100, cache: 500 },
      { leaky: 300, cache: 500, late: 7 },
    ]);
    const profile = new GuidedProfile(profiler);
    const figures = (): ProfileFigures | null => profile.figures;
    assert.equal(figures(), null);
    assert.equal(profile.start({ ...START, durationMs: 30 }).running, true);
    while (figures()?.reading === null) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.deepEqual(
      figures()?.reading?.nodes.map(({ addedBytes }) => addedBytes),
      [null, null],
    );
    await end();
    const { running, error, reading } = figures() ?? {};
    assert.deepEqual([running, error, stopped()], [false, null, true]);
    assert.deepEqual(
      reading?.nodes.map(({ id, addedBytes }) => [id, addedBytes]),
      [
        ['leaky', 200],
        ['cache', 0],
        ['late', 7],
      ],
    );
  });

  it('says why it ended when another tool took the sampler, and can start again', async () => {
    const { profiler } = scripted([]);
    const profile = new GuidedProfile(profiler);
    profile.start(START);
    assert.throws(() => profile.start(START), ProfileUnderWay);
    await profile.stop();
    assert.deepEqual([profile.figures?.running, profile.figures?.error], [false, 'the sampling was lost']);
    assert.equal(profile.start(START).error, null);
    profile.close();
  });

  it('samples the real heap, and leaves nothing running', async () => {
    const profiler = new Profiler();
    const profile = new GuidedProfile(profiler);
    profile.start(START);
    assert.equal(profiler.armed, true);
    const kept = Array.from({ length: 50_000 }, (_, i) => ({ i }));
    await profile.stop();
    assert.equal(profiler.armed, false);
    assert.ok((profile.figures?.reading?.totalBytes ?? 0) > 100_000, String(kept.length));
  });
});
