import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Node, NodeMessage } from 'node-red';
import memoryBlackbox from '../../nodes/memory-blackbox/memory-blackbox';
import type { LastRun } from '../../src';
import { type Holdings, watchHoldings } from '../support/resources';
import { deadRun, headerOf, readRingAt, recordsOf, temporaryFolder, writeRing } from '../support/ring';
import helper, { statuses } from '../support/test-helper';

type Message = NodeMessage & { payload?: unknown; error?: { message: string }; control?: string };

const SLOTS = 96;
const SIZE = '64 KB';

describe('memory-blackbox', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder, 'blackbox.ring');
    helper.settings({ userDir: folder });
  });

  afterEach(async () => {
    await helper.unload();
    helper.settings({});
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const box = (config: Record<string, unknown> = {}): object => ({
    ...{
      id: 'box',
      type: 'memory-blackbox',
      z: 'tab',
      x: 1,
      y: 1,
      sizeBytes: SIZE,
      wires: [['out'], ['safe']],
    },
    ...config,
  });

  function flowOf(...boxes: object[]): object[] {
    return [
      { id: 'tab', type: 'tab' },
      ...boxes,
      { id: 'catch', type: 'catch', z: 'tab', x: 1, y: 2, scope: null, wires: [['caught']] },
      ...['out', 'safe', 'caught'].map((id) => ({ id, type: 'helper', z: 'tab', x: 2, y: 1, wires: [] })),
    ];
  }

  async function load(config: Record<string, unknown> = {}): Promise<Node> {
    await helper.load(memoryBlackbox, flowOf(box(config)));
    return helper.getNode('box');
  }

  async function next(id: 'out' | 'safe' | 'caught'): Promise<Message> {
    const [msg] = await once(helper.getNode(id), 'input');
    return msg as Message;
  }

  /** Waits for the status that tells how it stands. */
  async function settled(node: Node, pattern: RegExp): Promise<{ fill?: string; text?: string }> {
    for (;;) {
      const found = statuses(node).find(({ text }) => pattern.test(text ?? ''));
      if (found) return found as { fill?: string; text?: string };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const sample = (seq: number): ['sample', number[]] => ['sample', [0, 50e6 + seq * 1e6]];
  const died = recordsOf(['start', ...Array.from({ length: 40 }, (_, i) => sample(i))]);

  it('says at the very first start that work may go on, and nothing of a run before', async () => {
    const loading = load();
    await loading;
    const { payload, control } = await next('safe');
    assert.deepEqual([payload, control], [false, 'auto']);
    await settled(helper.getNode('box'), /first run/);
    assert.equal(fs.statSync(file).size, 65_536);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });

  it('tells how the last run ended, with its last minutes and what grew', async () => {
    await writeRing(file, headerOf(folder, SLOTS), died);
    await load();
    const { payload, topic } = await next('out');
    const { cause, samples, grew, uptimeSeconds, run } = payload as LastRun;
    assert.deepEqual([topic, cause, run, uptimeSeconds], ['last-run', 'reboot', 1, 40]);
    assert.equal(samples.length, 40);
    assert.deepEqual(
      grew.map(({ series, bytesPerMinute }) => [series, bytesPerMinute]),
      [['rss', 60e6]],
    );
    assert.equal((await settled(helper.getNode('box'), /last end: power cut/)).fill, 'yellow');
  });

  it('tells it again when asked, in the property set, other properties kept', async () => {
    await writeRing(file, headerOf(folder, SLOTS), died);
    const node = await load({ property: 'data.last' });
    await next('out');
    const answer = next('out');
    node.receive({ payload: 'kept', topic: 'mine' } as Message);
    const { payload, topic, data } = (await answer) as Message & { data: { last: LastRun } };
    assert.deepEqual([payload, topic, data.last.cause], ['kept', 'mine', 'reboot']);
  });

  it('asked for a run that never was tells a catch node so', async () => {
    const node = await load();
    const caught = next('caught');
    node.receive({});
    assert.match((await caught).error?.message ?? '', /no run before this one/);
  });

  it('is told once in a process, however often the node is deployed', async () => {
    await writeRing(file, headerOf(folder, SLOTS), died);
    await load();
    await next('out');
    let told = 0;
    for (let deploy = 0; deploy < 3; deploy += 1) {
      await helper.setFlows(flowOf(box({ name: `deploy ${deploy}` })));
      helper.getNode('out').on('input', () => {
        told += 1;
      });
      await settled(helper.getNode('box'), /last end/);
    }
    assert.equal(told, 0);
    const runs = new Set((await readRingAt(file)).records.map(({ run }) => run));
    assert.deepEqual([...runs], [1, 2], 'deploys are not runs');
  });

  it('in a restart loop holds work back, and lets it go once this run has lasted', async () => {
    const past = Array(2).fill([2, 1, 'crash']);
    await writeRing(
      file,
      headerOf(folder, SLOTS, { past, run: deadRun({ run: 3 }) }),
      recordsOf(['start'], deadRun({ run: 3 })),
    );
    const lasts = Math.ceil(process.uptime()) * 1000 + 10_000;
    await load({ loopWithinMs: lasts });
    const [{ payload: report }, { payload: safe, control }] = await Promise.all([next('out'), next('safe')]);
    assert.equal((report as LastRun).loop?.restarts, 3);
    assert.deepEqual([safe, control], [true, 'close']);
    assert.match((await settled(helper.getNode('box'), /safe start/)).text ?? '', /^safe start/);
    await helper.setFlows(flowOf(box({ loopWithinMs: lasts, name: 'again' })));
    assert.equal((await next('safe')).payload, true, 'a deploy does not let it go');
    await helper.setFlows(flowOf(box({ loopWithinMs: 10_000, loopRestarts: 0 })));
  });

  describe('refuses, red and with the reason,', () => {
    for (const [what, config, reason] of [
      [
        'an interval that wears a card out',
        { intervalMs: 10 },
        /^intervalMs: 10 is not valid, expected 1 s to 1 h/,
      ],
      ['a size that holds nothing', { sizeBytes: '1 KB' }, /^sizeBytes: "1 KB" is not valid/],
      [
        'a path out of the user folder',
        { file: '../blackbox.ring' },
        /^file: "\.\.\/blackbox\.ring" is not valid/,
      ],
      [
        'a path from the root',
        { file: '/tmp/blackbox.ring' },
        /^file: .* is not valid, expected a path inside/,
      ],
      ['no path', { file: ' ' }, /^file: " " is not valid/],
      ['a folder', { file: 'folder' }, /^file: "folder" is not valid, expected a file, not a folder/],
      [
        'a file that is no black box',
        { file: 'flows.json' },
        /^file: .*flows\.json is no black box and is left alone/,
      ],
    ] as [string, Record<string, unknown>, RegExp][]) {
      it(what, async () => {
        fs.mkdirSync(join(folder, 'folder'));
        fs.writeFileSync(join(folder, 'flows.json'), '[]');
        const node = await load(config);
        const { fill } = await settled(node, new RegExp(reason.source.slice(0, 40)));
        assert.equal(fill, 'red');
        const logged = helper.log().args.map(([entry]) => String(entry.msg));
        assert(
          logged.some((line) => reason.test(line)),
          logged.join('\n'),
        );
        assert.equal(fs.readFileSync(join(folder, 'flows.json'), 'utf8'), '[]');
      });
    }

    it('a link that leads out, and makes nothing behind it', async () => {
      const outside = temporaryFolder();
      fs.symlinkSync(outside, join(folder, 'out'));
      fs.symlinkSync(join(outside, 'x.ring'), file);
      for (const bad of ['out/deep/blackbox.ring', 'blackbox.ring']) {
        const node = await load({ file: bad });
        assert.equal((await settled(node, /^file/)).fill, 'red');
        await helper.unload();
      }
      assert.deepEqual(fs.readdirSync(outside), []);
      fs.rmSync(outside, { recursive: true });
    });

    it('a file that another node records', async () => {
      await helper.load(memoryBlackbox, flowOf(box(), { ...box(), id: 'second' }));
      const status = await settled(helper.getNode('second'), /^file/);
      assert.equal(status.fill, 'red');
      assert.match(status.text ?? '', /^file: /);
      await settled(helper.getNode('box'), /first run/);
    });

    it('a folder it may not write in', async function () {
      if (process.getuid?.() === 0) this.skip();
      fs.chmodSync(folder, 0o500);
      const node = await load();
      assert.equal((await settled(node, /EACCES/)).fill, 'red');
      fs.chmodSync(folder, 0o700);
    });
  });

  it('keeps a file of another version or gateway under another name, and begins a new one', async () => {
    const { owner } = headerOf(folder, SLOTS);
    await writeRing(file, headerOf(folder, SLOTS, { owner: { ...owner, folder: '/home/other' } }), died);
    const before = fs.readFileSync(file);
    const node = await load();
    await settled(node, /first run/);
    assert(fs.readFileSync(`${file}.other`).equals(before));
    const warned = helper.log().args.map(([entry]) => String(entry.msg));
    assert(warned.some((line) => /of another gateway .*kept as .*\.other/.test(line)));
    await helper.unload();

    fs.writeFileSync(
      file,
      before.toString('latin1').replaceAll('BLACKBOX 0001', 'BLACKBOX 0002').replaceAll('HRB1', 'HRB2'),
      'latin1',
    );
    const second = await load();
    await settled(second, /^file: /);
    const refused = helper.log().args.map(([entry]) => String(entry.msg));
    assert(refused.some((line) => /\.other is there already, expected one of them gone/.test(line)));
    assert(fs.readFileSync(file, 'latin1').startsWith('HEADROOM-BLACKBOX 0002'));
  });

  it('takes the records along when the size is changed', async () => {
    await writeRing(file, headerOf(folder, SLOTS), died);
    await load({ sizeBytes: '128 KB' });
    assert.equal(((await next('out')).payload as LastRun).samples.length, 40);
    assert.equal(fs.statSync(file).size, 131_072);
    const { records } = await readRingAt(file);
    assert.equal(records.filter(({ run }) => run === 1).length, died.length);
  });

  it('tells of a clock that went back by uptimes, and no break of negative length', async () => {
    const ahead = died.map((record) => ({ ...record, time: Date.now() + 86_400_000 - record.seq * 60_000 }));
    await writeRing(file, headerOf(folder, SLOTS), ahead);
    await load();
    const { samples, downSeconds, uptimeSeconds } = (await next('out')).payload as LastRun;
    assert.deepEqual([samples.length, downSeconds, uptimeSeconds], [40, null, 40]);
    assert.deepEqual(
      samples.map(({ uptime }) => uptime),
      died.slice(1).map(({ uptime }) => uptime),
    );
  });

  describe('holds', () => {
    let holdings: ReturnType<typeof watchHoldings>;
    let before: Holdings;

    beforeEach(async () => {
      // What other tests left for the end of this process goes with the next start of the flows.
      await helper.load(memoryBlackbox, flowOf());
      holdings = watchHoldings();
      before = await holdings.count();
    });

    afterEach(() => holdings.stop());

    it('after 20 deploys what it held after the first, and nothing once it is deleted', async function () {
      this.timeout(30_000);
      await helper.setFlows(flowOf(box({ intervalMs: 1_000 })));
      await settled(helper.getNode('box'), / % free/);
      const first = await holdings.count();
      for (let i = 0; i < 20; i += 1) {
        await helper.setFlows(flowOf(box({ intervalMs: 1_000, name: `deploy ${i}` })));
        if (i % 5 === 4) await settled(helper.getNode('box'), / % free/);
      }
      assert.deepEqual(await holdings.count(), first);
      assert.equal(process.report?.reportOnFatalError, true);
      await helper.setFlows(flowOf());
      const { descriptors: _, ...after } = await holdings.count();
      const { descriptors: __, ...expected } = before;
      assert.deepEqual(after, expected);
      assert.equal(process.report?.reportOnFatalError, false);
      assert.deepEqual(fs.readdirSync(folder), ['blackbox.ring']);
    });
  });
});
