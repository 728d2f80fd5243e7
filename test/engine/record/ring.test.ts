import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { SLOTS_AT } from '../../../src/record/header';
import { readRing } from '../../../src/record/read-ring';
import { makeRing, openRing, RingWriter, sizeOf, slotsIn } from '../../../src/record/ring-file';
import { type BoxRecord, decodeSlot, encodeSlot, SLOT_BYTES } from '../../../src/record/slot';
import { headerOf, readRingAt, recordsOf, temporaryFolder, writeRing } from '../../support/ring';

const SLOTS = 12;
/** More records than slots, so that the ring has gone round. */
const COUNT = 20;
const OLDEST_LEFT = COUNT - SLOTS;

const rowOf = (seq: number): [`sample`, number[]] => ['sample', [0, seq * 1_000, seq]];
const written = recordsOf(Array.from({ length: COUNT }, (_, seq) => rowOf(seq)));

describe('a ring file', () => {
  let folder: string;
  let path: string;
  const header = () => headerOf(folder, SLOTS);

  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder, 'box.ring');
    await writeRing(path, header(), written);
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** What must come back: the records whose slots nobody touched. */
  function wholeRecords(touched: (at: number, to: number) => boolean): BoxRecord[] {
    return written.slice(OLDEST_LEFT).filter(({ seq }) => {
      const at = SLOTS_AT + (seq % SLOTS) * SLOT_BYTES;
      return !touched(at, at + SLOT_BYTES);
    });
  }

  function assertRecovered(found: readonly BoxRecord[], expected: readonly BoxRecord[]): void {
    const plain = ({ slots: _, ring: __, ...record }: BoxRecord): object => record;
    assert.deepEqual(found.map(plain), expected.map(plain));
  }

  it('gives back the newest records in order, once it has gone round', async () => {
    const found = await readRingAt(path);
    assert.equal(found.nature, 'ours');
    assert.equal(found.damaged, 0);
    assertRecovered(found.records, written.slice(OLDEST_LEFT));
  });

  it('keeps its size, its own blocks on the disk and its mode', async () => {
    const { size, blocks, mode } = fs.statSync(path);
    assert.equal(size, sizeOf(SLOTS));
    assert.equal(mode & 0o777, 0o600);
    if (process.platform === 'linux') assert(blocks * 512 >= size, 'no block is missing');
    assert.equal(sizeOf(slotsIn(1_048_576)), 1_048_576);
  });

  it('gives back each record that a scribble has not touched, and never a wrong one', async () => {
    const size = sizeOf(SLOTS);
    const scribble = fc.record({
      at: fc.integer({ min: 0, max: size - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 1_500 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(scribble, { minLength: 1, maxLength: 6 }), async (scribbles) => {
        await writeRing(path, header(), written);
        const before = fs.readFileSync(path);
        const after = Buffer.from(before);
        for (const { at, bytes } of scribbles) after.set(bytes.subarray(0, size - at), at);
        fs.writeFileSync(path, after);
        const touched = (at: number, to: number): boolean =>
          !before.subarray(at, to).equals(after.subarray(at, to));
        const { records, nature } = await readRingAt(path);
        assertRecovered(records, wholeRecords(touched));
        if (records.length > 0) assert.equal(nature, 'ours');
      }),
      { numRuns: 100 },
    );
  });

  it('gives back each record before the place where it was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: sizeOf(SLOTS) }), async (length) => {
        await writeRing(path, header(), written);
        fs.truncateSync(path, length);
        const { records } = await readRingAt(path);
        assertRecovered(
          records,
          wholeRecords((_, to) => to > length),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('skips a record that a power cut tore at any byte, and keeps the one before', async () => {
    const [before, torn] = [fs.readFileSync(path), Buffer.alloc(SLOT_BYTES)];
    const next: BoxRecord = { ...(written.at(-1) as BoxRecord), seq: COUNT, ring: 'abcd1234', slots: SLOTS };
    assert(encodeSlot(torn, { ...next, data: 'the record under way' }));
    const at = SLOTS_AT + (COUNT % SLOTS) * SLOT_BYTES;
    for (let length = 1; length < SLOT_BYTES; length += 23) {
      const after = Buffer.from(before);
      torn.copy(after, at, 0, length);
      fs.writeFileSync(path, after);
      const { records } = await readRingAt(path);
      // All behind the text is blank in both, so that a record torn there is whole.
      if (records.at(-1)?.seq === COUNT) assert.equal(records.at(-1)?.data, 'the record under way');
      else assert.deepEqual(records.at(-1)?.data, written.at(-1)?.data);
    }
  });

  it('takes no record in the slot of another, nor one of another file', async () => {
    const bytes = fs.readFileSync(path);
    const slotAt = (seq: number): number => SLOTS_AT + (seq % SLOTS) * SLOT_BYTES;
    bytes.copy(bytes, slotAt(10), slotAt(19), slotAt(19) + SLOT_BYTES);
    const stranger = Buffer.alloc(SLOT_BYTES);
    encodeSlot(stranger, { ...(written[11] as BoxRecord), seq: 23, ring: 'ffff0000', slots: SLOTS });
    stranger.copy(bytes, slotAt(23));
    fs.writeFileSync(path, bytes);
    const { records, damaged } = await readRingAt(path);
    assert.deepEqual(
      records.map(({ seq }) => seq),
      [8, 9, 12, 13, 14, 15, 16, 17, 18, 19],
    );
    assert.equal(damaged, 2);
  });

  it('is known by its records where both headers are gone', async () => {
    const fd = openRing(path);
    fs.writeSync(fd, Buffer.alloc(SLOTS_AT, 0xff), 0, SLOTS_AT, 0);
    const found = await readRing(fd);
    fs.closeSync(fd);
    assert.equal(found.header, null);
    assert.equal(found.nature, 'ours');
    assertRecovered(found.records, written.slice(OLDEST_LEFT));
  });

  it('has a whole header whichever copy is torn, the older one if need be', async () => {
    const writer = new RingWriter(openRing(path), header(), COUNT);
    writer.writeHeader({ loopReported: true });
    await writer.close();
    const bytes = fs.readFileSync(path);
    for (const [at, reported] of [
      [100, false],
      [SLOTS_AT / 2 + 100, true],
    ] as const) {
      const torn = Buffer.from(bytes);
      torn.fill(0, at, at + 50);
      fs.writeFileSync(path, torn);
      assert.equal((await readRingAt(path)).header?.loopReported, reported);
    }
  });

  it('leaves a record out while the disk is busy with the one before', async () => {
    const writer = new RingWriter(openRing(path), header(), COUNT);
    const entry = written[0] as BoxRecord;
    const done = new Promise((resolve) => assert(writer.write(entry, resolve)));
    assert.equal(
      writer.write(entry, () => assert.fail()),
      false,
    );
    assert.equal(await done, null);
    await writer.close();
    assert.equal((await readRingAt(path)).records.at(-1)?.seq, COUNT);
  });

  it('leaves nothing behind where it cannot be made', async () => {
    await assert.rejects(
      makeRing(join(folder, 'big.ring'), headerOf(folder, 2 ** 40), []),
      /do not fit, the disk has/,
    );
    assert.deepEqual(fs.readdirSync(folder), ['box.ring']);
  });
});

describe('a slot', () => {
  it('reads back what was written, whatever it is', () => {
    const slot = Buffer.alloc(SLOT_BYTES);
    const count = fc.nat();
    const record = fc.record({
      ...{
        seq: count,
        slots: fc.constant(7),
        ring: fc.constantFrom('abcd1234', '00000000'),
        run: count,
      },
      ...{ pid: count, kind: fc.constantFrom('sample', 'crash', 'end'), time: count, uptime: count },
      ...{ machineUptime: count, data: fc.jsonValue({ maxDepth: 2 }) },
    }) as fc.Arbitrary<BoxRecord>;
    fc.assert(
      fc.property(record, (each) => {
        fc.pre(encodeSlot(slot, each));
        assert.deepEqual(decodeSlot(slot, each.seq % 7), JSON.parse(JSON.stringify(each)));
        assert.equal(decodeSlot(slot, (each.seq + 1) % 7), null);
      }),
    );
  });

  it('never throws at what is not one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: SLOT_BYTES }), (bytes) => {
        assert.equal(decodeSlot(Buffer.from(bytes), 0), null);
      }),
    );
  });
});
