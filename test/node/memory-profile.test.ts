import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES } from '../../nodes/memory-profile/config';
import memoryProfile from '../../nodes/memory-profile/memory-profile';
import { running } from '../../nodes/memory-profile/running';
import { ledger, PROFILE_MODES, type ProfileReport, profiler } from '../../src';
import type { HeapProfile, ProfileNode } from '../../src/profile/sampler';
import { errorOf, load, type Nodes, through, unload } from './pool-flow';

type Report = ProfileReport & { file: string | null };

describe('memory-profile', () => {
  afterEach(unload);

  async function profile(options: object = {}): Promise<Nodes> {
    const flow = [
      { id: 'tab', type: 'tab', label: 'Orders' },
      { id: 'profile', type: 'memory-profile', z: 'tab', x: 1, y: 1, wires: [['out']], ...options },
      { id: 'out', type: 'helper', z: 'tab', x: 1, y: 1 },
    ];
    return load(flow, [memoryProfile]);
  }

  const tell = (node: Nodes, payload: unknown): Promise<Record<string, unknown>> =>
    through(node('profile'), node('out'), { topic: 'kept', payload });

  const refusal = (node: Nodes, payload: unknown): Promise<string> => errorOf(node('profile'), { payload });

  it('offers the modes that the engine knows', () => {
    assert.deepEqual([...MODES], [...PROFILE_MODES]);
  });

  it('samples nothing until it is started', async () => {
    await profile();
    assert.equal(profiler.armed, false);
  });

  it('reports while it runs, goes on, and ends with a last report', async () => {
    const node = await profile();
    node('profile').receive({ payload: 'start' });
    const first = await tell(node, 'take');
    assert.equal(first.topic, 'kept');
    const report = first.payload as Report;
    assert.equal(report.mode, 'live');
    assert.ok(report.totalBytes >= 0 && report.seconds >= 0 && Array.isArray(report.nodes));
    assert.equal(report.file, null);
    assert.equal(profiler.armed, true);
    await tell(node, 'stop');
    assert.equal(profiler.armed, false);
  });

  it('takes a message without a word for start, then for take', async () => {
    const node = await profile();
    node('profile').receive({ payload: 1_700_000_000_000 });
    assert.equal(profiler.armed, true);
    assert.ok((await tell(node, 1_700_000_000_001)).payload);
    assert.equal(profiler.armed, true);
  });

  it('ends by itself when its time is over, with a report', async () => {
    const node = await profile({ durationMs: 100 });
    const msg = await tell(node, 'start');
    assert.equal(msg.topic, 'kept');
    assert.ok((msg.payload as Report).seconds >= 0.1);
    assert.equal(profiler.armed, false);
  });

  it('stops with its flow', async () => {
    const node = await profile({ durationMs: 0 });
    node('profile').receive({ payload: 'start' });
    assert.equal(profiler.armed, true);
    await unload();
    assert.equal(profiler.armed, false);
  });

  for (const [name, payload, before, expected] of [
    ['a stop while nothing runs', 'stop', null, /stop.*no profile runs.*start/],
    ['a report of nothing', 'take', null, /take.*no profile runs.*start/],
    ['a second start', 'start', 'start', /start.*runs already.*take or stop/],
    ['a word it does not know', 'begin', null, /"begin".*start, take, stop/],
    ['an object', { start: true }, null, /type object.*start, take, stop/],
  ] as const) {
    it(`refuses ${name}, and says what it expects`, async () => {
      const node = await profile();
      if (before) node('profile').receive({ payload: before });
      assert.match(await refusal(node, payload), expected);
      assert.equal(profiler.armed, before !== null);
    });
  }

  it('leaves nothing sampled and nothing watched after twenty deploys while it runs', async () => {
    for (let deploy = 0; deploy < 20; deploy += 1) {
      const node = await profile();
      node('profile').receive({ payload: 'start' });
      assert.equal(profiler.armed, true);
      await unload();
      assert.equal(profiler.armed, false);
    }
    assert.equal(ledger.counting, false);
    assert.equal(running.size, 0);
  });

  it('says so when another tool samples the heap, and when one has stopped it', async () => {
    const node = await profile();
    const other = new Session();
    other.connect();
    other.post('HeapProfiler.startSampling');
    assert.match(await refusal(node, 'start'), /another tool samples the heap/);
    other.post('HeapProfiler.stopSampling');
    node('profile').receive({ payload: 'start' });
    other.post('HeapProfiler.stopSampling');
    other.disconnect();
    assert.match(await refusal(node, 'take'), /another tool has stopped/);
    node('profile').receive({ payload: 'start' });
    assert.equal(profiler.armed, true);
  });

  describe('with a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'headroom-profile-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('writes a profile that only its owner can read, inside the folder whatever the name', async () => {
      const node = await profile({ saveFile: true, folder: join(folder, 'new'), name: '../../a leak' });
      node('profile').receive({ payload: 'start' });
      const file = String(((await tell(node, 'stop')).payload as Report).file);
      assert.ok(file.startsWith(join(folder, 'new', '_')), file);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const { head, samples } = JSON.parse(readFileSync(file, 'utf8'));
      assert.ok(head.callFrame && Array.isArray(head.children) && Array.isArray(samples));
    });

    it('writes what Chrome DevTools and speedscope ask of a profile: frames, sizes, and samples of known frames', async () => {
      const node = await profile({ saveFile: true, folder });
      node('profile').receive({ payload: 'start' });
      const rows = Array.from({ length: 200 }, () => new Array(2_000).fill(0.5));
      const { file } = (await tell(node, 'stop')).payload as Report;
      const { head, samples } = JSON.parse(readFileSync(file ?? '', 'utf8')) as HeapProfile;
      const frames = framesOf(head);
      for (const { id, selfSize, callFrame } of frames) {
        const { functionName, scriptId, url, lineNumber, columnNumber } = callFrame;
        assert.ok([functionName, scriptId, url].every((text) => typeof text === 'string'));
        assert.ok([id, selfSize, lineNumber, columnNumber].every(Number.isInteger));
      }
      const ids = new Set(frames.map(({ id }) => id));
      assert.equal(head.callFrame.functionName, '(root)');
      assert.ok(samples.length > 0 && rows.length > 0);
      for (const { nodeId, size, ordinal } of samples)
        assert.ok(ids.has(nodeId) && size > 0 && Number.isInteger(ordinal));
    });

    it('keeps the ten newest files', async () => {
      const node = await profile({ saveFile: true, folder });
      node('profile').receive({ payload: 'start' });
      for (let count = 0; count < 12; count += 1) await tell(node, 'take');
      assert.equal(readdirSync(folder).length, 10);
    });

    it('sends its report, then an error, where the folder cannot be written', async () => {
      writeFileSync(join(folder, 'a-file'), '');
      const node = await profile({ saveFile: true, folder: join(folder, 'a-file') });
      node('profile').receive({ payload: 'start' });
      const refused = refusal(node, 'take');
      const report = (await tell(node, 'stop')).payload as Report;
      assert.equal(report.file, null);
      assert.match(await refused, /a-file/);
    });
  });
});

function framesOf(head: ProfileNode): ProfileNode[] {
  return [head, ...head.children.flatMap(framesOf)];
}
