import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { BlackBox, type BlackBoxOptions } from '../../../src';
import { openRing, RingWriter } from '../../../src/record/ring-file';
import { deadRun, headerOf, readRingAt, recordsOf, temporaryFolder, writeRing } from '../../support/ring';

const SIZE = 65_536;
const SLOTS = 96;

describe('a black box', () => {
  let folder: string;
  let path: string;
  const open: BlackBox[] = [];

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'box.ring');
  });

  afterEach(async () => {
    for (const box of open.splice(0)) await box.stop(true);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a box that records every 5 ms, and tells of each sample and trouble. */
  async function record(options: Partial<BlackBoxOptions> = {}): Promise<{
    box: BlackBox;
    samples(count: number): Promise<void>;
    troubles: string[];
    lost: Promise<Error>;
  }> {
    const troubles: string[] = [];
    let taken = 0;
    let told = (): void => {};
    let lose: (error: Error) => void = () => {};
    const lost = new Promise<Error>((resolve) => {
      lose = resolve;
    });
    const box = await BlackBox.open({
      ...{
        folder,
        file: 'box.ring',
        sizeBytes: SIZE,
        intervalMs: 5,
        tellMs: 600_000,
        snapshots: 0,
        checkMs: 10,
      },
      ...{ loopRestarts: 3, loopWithinMs: 300_000, heaviest: () => ({ nodes: null, held: null }) },
      onSample: () => {
        taken += 1;
        told();
      },
      onTrouble: (message) => troubles.push(message),
      onLost: lose,
      ...options,
    });
    open.push(box);
    const samples = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const upTo = taken + count;
        told = () => taken >= upTo && resolve();
      });
    return { box, samples, troubles, lost };
  }

  it('records samples, and who is heaviest, shortened to what a record holds', async () => {
    const node = { id: 'n', name: 'x'.repeat(300), type: 'function', flow: 'Flow', bytes: 5 };
    const { samples } = await record({ heaviest: () => ({ nodes: Array(9).fill(node), held: [node] }) });
    await samples(4);
    const { records } = await readRingAt(path);
    const kinds = new Set(records.map(({ kind }) => kind));
    for (const kind of ['start', 'sample', 'nodes', 'held'] as const) assert(kinds.has(kind), kind);
    const [first] = (records.find(({ kind }) => kind === 'nodes')?.data ?? []) as (typeof node)[];
    assert.match(first?.name ?? '', /^x{39}…$/);
  });

  it('makes its file anew when it is removed while it records, and says so once', async () => {
    const { samples, troubles } = await record();
    await samples(2);
    fs.rmSync(path);
    await samples(6);
    assert.deepEqual(troubles.filter((line) => /was removed or replaced/.test(line)).length, 1);
    const { records, sizeBytes } = await readRingAt(path);
    assert.equal(sizeBytes, SIZE);
    assert(records.some(({ kind }) => kind === 'sample'));
  });

  it('leaves a file alone that was put in the place of its own', async () => {
    const { samples, lost } = await record();
    await samples(2);
    fs.writeFileSync(`${path}.mine`, 'something else');
    fs.renameSync(`${path}.mine`, path);
    assert.match((await lost).message, /is another file now and is left alone/);
    assert.equal(fs.readFileSync(path, 'utf8'), 'something else');
  });

  it('gives way to a process that has taken the file over', async () => {
    const { samples, lost } = await record();
    await samples(2);
    const fd = openRing(path);
    const { header } = await readRingAt(path);
    assert(header);
    const other = new RingWriter(fd, header, 0);
    other.writeHeader({ run: deadRun({ pid: 99, run: 9 }) });
    await other.close();
    assert.match((await lost).message, /taken over by process 99/);
    assert.equal((await readRingAt(path)).header?.run?.pid, 99);
  });

  it('goes on after its headers were damaged while it records', async () => {
    const { samples } = await record();
    await samples(2);
    const fd = fs.openSync(path, 'r+');
    fs.writeSync(fd, Buffer.alloc(16_384, 0x20), 0, 16_384, 0);
    fs.closeSync(fd);
    await samples(4);
    assert.equal((await readRingAt(path)).header?.run?.pid, process.pid);
  });

  for (const [what, length, run] of [
    ['was cut to its first record', 16_384 + 512, 1],
    ['was cut between its headers', 8_192, 1],
    ['was cut within its headers', 5_000, null],
    ['is empty', 0, null],
  ] as const) {
    it(`makes a file whole that ${what}`, async () => {
      await writeRing(path, headerOf(folder, SLOTS), recordsOf(['start', 'alive']));
      fs.truncateSync(path, length);
      const { box, samples } = await record();
      assert.equal(box.lastRun?.run ?? null, run);
      await samples(1);
      assert.equal(fs.statSync(path).size, SIZE);
    });
  }

  it('names the file where the system takes none, and gives up waiting when told', async () => {
    if (process.platform === 'linux')
      await assert.rejects(record({ folder: '/proc/self' }), /^Error: file: /);
    const run = deadRun({ boot: 'elsewhere', intervalMs: 3_600_000 });
    const owner = { ...headerOf(folder, SLOTS).owner, host: 'another-container' };
    await writeRing(path, headerOf(folder, SLOTS, { run, owner }), recordsOf(['start'], run));
    await assert.rejects(record({ signal: AbortSignal.timeout(20) }), { name: 'AbortError' });
  });

  it('shares the report of Node.js with a second box, and puts the settings back after the last', async () => {
    const { report } = process;
    const before = [report?.reportOnFatalError, report?.directory, report?.filename];
    const first = await record();
    const second = await record({ file: 'second.ring' });
    assert.equal((await readRingAt(join(folder, 'second.ring'))).header?.run?.fatal, 'box.ring.fatal');
    await first.box.stop(true);
    assert.equal(report?.reportOnFatalError, true);
    await second.box.stop(true);
    assert.deepEqual([report?.reportOnFatalError, report?.directory, report?.filename], before);
    assert.deepEqual(fs.readdirSync(folder).sort(), ['box.ring', 'second.ring']);
  });

  for (const [what, kinds, cause] of [
    ['an exception', ['sample', 'crash'], 'crash'],
    ['an exception that something caught', ['sample', 'crash', 'alive'], 'reboot'],
    [
      'an exception, and an end in order with an error code',
      ['crash', 'alive', 'sample', ['end', { code: 1 }]],
      'crash',
    ],
    ['an exception, and an end in order with code 0', ['crash', 'alive', ['end', { code: 0 }]], 'clean'],
    ['a stop, and a start in a deploy', ['pause', 'start', 'sample'], 'reboot'],
  ] as [string, Parameters<typeof recordsOf>[0], string][]) {
    it(`that ended with ${what} is told as ${cause}`, async () => {
      await writeRing(path, headerOf(folder, SLOTS), recordsOf(kinds));
      assert.equal((await record()).box.lastRun?.cause, cause);
    });
  }

  it('tells each file once, and a second box on it is refused until the first is stopped', async () => {
    await writeRing(path, headerOf(folder, SLOTS), recordsOf(['start']));
    const { box } = await record();
    assert.deepEqual([box.takeNews(), box.takeNews()], [true, false]);
    await assert.rejects(record(), /recorded by another node already/);
    await box.stop(false);
    const { box: next } = await record();
    assert.equal(next.takeNews(), false);
    assert.equal(next.lastRun?.cause, 'reboot');
  });

  it('waits where the writer cannot be seen, and refuses while it goes on', async () => {
    const run = deadRun({ boot: 'elsewhere', intervalMs: 60 });
    const owner = { ...headerOf(folder, SLOTS).owner, host: 'another-container' };
    await writeRing(path, headerOf(folder, SLOTS, { run, owner }), recordsOf(['start'], run));
    const { header } = await readRingAt(path);
    assert(header);
    const writer = new RingWriter(openRing(path), header, 1);
    const [entry] = recordsOf(['alive'], run);
    const writing = setInterval(() => entry && writer.writeNow(entry), 10);
    await assert.rejects(record(), /is being written by process/);
    clearInterval(writing);
    await writer.close();
    assert.equal((await record()).box.lastRun?.pid, run.pid, 'silent for longer than its interval');
  });
});
