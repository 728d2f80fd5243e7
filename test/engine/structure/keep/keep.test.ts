import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { Keeper, type KeeperOptions } from '../../../../src/structure/keep/keeper';
import {
  readSnapshot,
  type SnapshotRecord,
  writeSnapshot,
} from '../../../../src/structure/keep/snapshot-file';
import { ringFromRecord, ringRecords } from '../../../../src/structure/ring/ring-records';
import { RingSet } from '../../../../src/structure/ring/ring-set';
import { Tally } from '../../../../src/structure/tally/tally';
import { entriesFromRecord, tallyRecords } from '../../../../src/structure/tally/tally-records';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-keep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LONG = 3_600_000;
const record = (text: string): SnapshotRecord => ({ head: { text }, data: Buffer.from(text) });

async function read(path: string, kind = 'ring'): Promise<SnapshotRecord[]> {
  const records: SnapshotRecord[] = [];
  await readSnapshot(path, kind, (each) => records.push(each));
  return records;
}

function keeper(options: Partial<KeeperOptions> = {}) {
  const troubles: string[] = [];
  const content: { records: SnapshotRecord[] } = { records: [] };
  const kept = new Keeper({
    folder,
    file: 'content',
    kind: 'ring',
    everyMs: LONG,
    records: () => content.records,
    onTrouble: ({ message }) => troubles.push(message),
    ...options,
  });
  return { kept, content, troubles };
}

async function load(kept: Keeper): Promise<{ found: boolean; texts: string[] }> {
  const texts: string[] = [];
  const found = await kept.load(({ data }) => texts.push(String(Buffer.from(data))));
  return { found, texts };
}

describe('a snapshot file', () => {
  it('gives back what was written, from nothing to much, and only its owner may read it', async () => {
    const path = join(folder, 'a');
    for (const texts of [[], ['one'], ['', 'two', 'x'.repeat(200_000)]]) {
      await writeSnapshot(path, 'ring', texts.map(record));
      assert.deepEqual(
        (await read(path)).map(({ head, data }) => [head, String(Buffer.from(data))]),
        texts.map((text) => [{ text }, text]),
      );
    }
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  it('is refused with any bit changed, and cut off anywhere', async () => {
    const path = join(folder, 'a');
    await writeSnapshot(path, 'ring', [record('one'), record('two')]);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      writeFileSync(path, changed);
      await assert.rejects(read(path), /^BadSnapshot: it is (damaged|cut off|no )/, `bit of byte ${at}`);
      writeFileSync(path, whole.subarray(0, at));
      await assert.rejects(read(path), /^BadSnapshot: it is (damaged|cut off|no )/, `${at} bytes`);
    }
  });

  it('of another kind is refused', async () => {
    const path = join(folder, 'a');
    await writeSnapshot(path, 'ring', [record('one')]);
    await assert.rejects(read(path, 'tally'), /it is no tally/);
  });

  it('stays as it was when the disk is full in the middle of the next one', async () => {
    const path = join(folder, 'a');
    await writeSnapshot(path, 'ring', [record('old')]);
    function* full(): Generator<SnapshotRecord> {
      yield record('x'.repeat(100_000));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    await assert.rejects(writeSnapshot(path, 'ring', full()), /ENOSPC/);
    assert.deepEqual(
      (await read(path)).map(({ head }) => head),
      [{ text: 'old' }],
    );
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  it('is not written through a link that waits in its place', async function () {
    if (process.platform === 'win32') this.skip();
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(folder, 'a.new'));
    await writeSnapshot(join(folder, 'a'), 'ring', [record('one')]);
    assert.equal(readFileSync(victim, 'utf8'), 'untouched');
  });
});

describe('a keeper', () => {
  it('restores at start what the last one wrote at its stop', async () => {
    const first = keeper();
    assert.deepEqual(await load(first.kept), { found: false, texts: [] });
    first.content.records = [record('kept')];
    first.kept.change();
    await first.kept.stop();
    const second = keeper();
    assert.deepEqual(await load(second.kept), { found: true, texts: ['kept'] });
    await second.kept.stop();
    assert.deepEqual([first.troubles, second.troubles], [[], []]);
  });

  it('writes nothing that has not changed', async () => {
    const { kept } = keeper();
    await kept.write();
    await kept.stop();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('writes by itself when it is time, once for all changes', async () => {
    let taken = 0;
    let written: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      written = resolve;
    });
    const { kept } = keeper({
      everyMs: 1,
      *records() {
        taken += 1;
        yield record('x');
        written();
      },
    });
    for (let i = 0; i < 10; i++) kept.change();
    const alive = setInterval(() => {}, 1000); // the timer alone does not keep a process alive
    await done;
    clearInterval(alive);
    await kept.stop();
    assert.equal(taken, 1);
  });

  it('sets a file aside that it cannot read, tells of it, and begins anew', async () => {
    const path = join(folder, 'content');
    for (const foreign of ['', 'something else', '{"json": true}']) {
      writeFileSync(path, foreign);
      const { kept, content, troubles } = keeper();
      assert.deepEqual(await load(kept), { found: false, texts: [] });
      assert.match(troubles.join(), /content cannot be restored, it is .*; it is now .*content\.bad/);
      assert.equal(readFileSync(`${path}.bad`, 'utf8'), foreign);
      content.records = [record('new')];
      kept.change();
      await kept.stop();
      assert.equal((await read(path)).length, 1);
    }
  });

  it('keeps inside its folder', async () => {
    for (const file of ['../outside', '/etc/outside', 'a/../../outside', 'no-such-folder/x']) {
      const { kept, troubles } = keeper({ file });
      assert.equal((await load(kept)).found, false);
      assert.match(troubles.join(), /path: .* is not valid, expected a file in/);
      await kept.stop();
    }
    assert.ok(!existsSync(join(folder, '..', 'outside')));
  });

  it('tells once of a folder that cannot be written, and writes as soon as it can', async () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, 'a file where the folder should be');
    const { kept, content, troubles } = keeper({ folder: blocked });
    content.records = [record('waits')];
    kept.change();
    for (let i = 0; i < 3; i++) await kept.write();
    assert.equal(troubles.length, 1, troubles.join());
    rmSync(blocked);
    await kept.stop();
    assert.equal((await read(join(blocked, 'content'))).length, 1);
  });

  it('is the only one of its file; a successor waits until it has written', async () => {
    const first = keeper();
    first.content.records = [record('first')];
    first.kept.change();
    await first.kept.write();
    const rival = keeper();
    rival.kept.change();
    await rival.kept.write();
    assert.match(
      rival.troubles.join(),
      /persist: "content" is not valid, expected a file that no other node writes/,
    );
    first.content.records = [record('last')];
    first.kept.change();
    first.kept.stop();
    const successor = keeper();
    assert.deepEqual((await load(successor.kept)).texts, ['last']);
    await successor.kept.stop();
    await rival.kept.stop();
  });

  it('does not overwrite a file that it may not read', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) this.skip();
    const path = join(folder, 'content');
    writeFileSync(path, 'of somebody else');
    chmodSync(path, 0o000);
    const { kept, troubles } = keeper();
    assert.equal((await load(kept)).found, false);
    assert.match(troubles.join(), /cannot be restored/);
    assert.ok(existsSync(`${path}.bad`));
    await kept.stop();
  });
});

describe('a set of rings in a file', () => {
  it('comes back with all keys, gaps, times that go backwards and the time it was heard of', async () => {
    const set = new RingSet({ capacity: 1000, fields: ['a', 'b'] });
    for (let i = 0; i < 5000; i++)
      set.push(`k${i % 3}`, i % 100 === 50 ? i - 70 : i, [i, i % 7 ? i : Number.NaN], i);
    set.push('__proto__', 1, [1, 2], 9999);
    const path = join(folder, 'rings');
    await writeSnapshot(path, 'ring', ringRecords(set));
    const back = new RingSet({ capacity: 1000, fields: ['a', 'b'] });
    for (const each of await read(path)) back.adopt(ringFromRecord(each));
    const heardOf = (rings: RingSet) => rings.kept().map(({ key, arrivedAt }) => [key, arrivedAt]);
    assert.deepEqual(heardOf(back), heardOf(set));
    for (const key of set.keys()) {
      assert.deepEqual([...(back.get(key)?.all() ?? [])], [...(set.get(key)?.all() ?? [])]);
      assert.deepEqual(back.get(key)?.moments('b').max, set.get(key)?.moments('b').max);
    }
  });

  it('is refused where a record is no ring', () => {
    const data = new Uint8Array(16);
    const good = { key: 'k', arrivedAt: 1, capacity: 5, fields: ['v'], count: 1 };
    assert.equal(ringFromRecord({ head: good, data }).ring.count, 1);
    for (const bad of [
      null,
      {},
      { ...good, key: 5 },
      { ...good, count: 2 },
      { ...good, count: -1 },
      { ...good, capacity: 0 },
      { ...good, fields: [] },
      { ...good, fields: [{}] },
      { ...good, arrivedAt: null },
    ])
      assert.throws(() => ringFromRecord({ head: bad, data }), /BadSnapshot/);
  });
});

describe('a tally in a file', () => {
  it('comes back with its values as they were', async () => {
    const table = new Tally({ operation: 'last', capacity: 2000, evict: 'lfu' });
    for (let i = 0; i < 1200; i++) table.add(`k${i}`, i);
    const values = {
      buffer: Buffer.from('b'),
      date: new Date(5),
      big: 2n ** 70n,
      none: undefined,
      nan: Number.NaN,
    };
    for (const [key, value] of Object.entries(values)) table.add(key, value);
    const path = join(folder, 'tally');
    await writeSnapshot(path, 'tally', tallyRecords(table));
    const back = new Tally({ operation: 'last', capacity: 2000, evict: 'lfu' });
    for (const each of await read(path, 'tally'))
      assert.equal(back.restore(entriesFromRecord(each).entries), 0);
    assert.deepEqual([...back], [...table]);
    assert.ok(Buffer.isBuffer(back.get('buffer')));
    assert.throws(() => entriesFromRecord({ head: {}, data: serialize([]) }), /BadSnapshot/);
    assert.throws(
      () => entriesFromRecord({ head: { operation: 'last' }, data: serialize([5]) }),
      /BadSnapshot/,
    );
  });
});
