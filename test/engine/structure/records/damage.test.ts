import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PacketError, packColumns, RecordBatch, readPacket, toObjects } from '../../../../src';
import { CRC_AT, checksum } from '../../../../src/structure/records/pack';
import { examples } from './arbitraries';

/** `HEADROOM_FUZZ_CASES=1000000` for the long run. */
const CASES = Number(process.env.HEADROOM_FUZZ_CASES ?? 20_000);
const FIXED_CRC_SHARE = 2;

/** A small generator of numbers that are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Whole packets of all layouts and types. */
function wholePackets(): Buffer[] {
  const ways = [
    { layout: 'rows' },
    { layout: 'columns' },
    { layout: 'columns', compression: 'auto' },
  ] as const;
  return fc.sample(examples, { numRuns: 60, seed: 9 }).flatMap(({ schema, records }) => {
    const batch = new RecordBatch(schema);
    batch.addAll(records);
    return ways.map((way) => packColumns(batch, way));
  });
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff];

/** A packet with one to four things wrong. */
function damage(packet: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(packet);
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(Math.max(1, bytes.length));
    switch (random(6)) {
      case 0:
        bytes = Buffer.from(bytes.subarray(0, at));
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(0, 1 + random(20)), bytes.subarray(at)]);
        break;
      case 3:
        other.copy(bytes, at, random(other.length));
        break;
      case 4:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(EXTREMES[random(EXTREMES.length)] as number, at);
        break;
      default:
        if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    }
  }
  return bytes;
}

/** As somebody would who forges packets: size and checksum fit. */
function forge(bytes: Buffer): Buffer {
  if (bytes.length < CRC_AT + 4) return bytes;
  bytes.writeUInt32LE(bytes.length, 12);
  bytes.writeUInt32LE(checksum(bytes), CRC_AT);
  return bytes;
}

describe('a packet', () => {
  const packets = wholePackets();

  it(`that was damaged is refused with a PacketError, in ${CASES} cases`, function () {
    this.timeout(0);
    const random = numbers(1);
    let refused = 0;
    for (let i = 0; i < CASES; i += 1) {
      const packet = packets[random(packets.length)] as Buffer;
      const bytes = damage(packet, packets[random(packets.length)] as Buffer, random);
      if (bytes.equals(packet)) continue;
      assert.throws(() => readPacket(bytes), PacketError, bytes.toString('hex'));
      refused += 1;
    }
    assert(refused > CASES * 0.8);
  });

  it(`that was forged is refused or read, and never asks for more memory than its size vouches for`, function () {
    this.timeout(0);
    const random = numbers(2);
    let read = 0;
    for (let i = 0; i < CASES / FIXED_CRC_SHARE; i += 1) {
      const packet = packets[random(packets.length)] as Buffer;
      const bytes = forge(damage(packet, packets[random(packets.length)] as Buffer, random));
      try {
        const { columns, count } = readPacket(bytes);
        for (const { values } of columns) assert(values.byteLength <= 256 * bytes.length);
        toObjects({ columns, count }, 0, 100);
        read += 1;
      } catch (error) {
        if (!(error instanceof PacketError)) throw new Error(bytes.toString('hex'), { cause: error });
      }
    }
    assert(read > 0);
  });

  it('cut short anywhere tells how many bytes are there', () => {
    const packet = packets.find(({ length }) => length > 200) as Buffer;
    for (let length = 0; length < packet.length; length += 1) {
      const expected =
        length < 20
          ? `packet: ${length} bytes are too few, expected at least 20`
          : `packet: cut short: ${length} of ${packet.length} bytes are there`;
      assert.throws(() => readPacket(packet.subarray(0, length)), { name: 'PacketError', message: expected });
    }
  });

  const small = new RecordBatch([{ name: 'v', type: 'u8' }]);
  small.addAll([{ v: 1 }, { v: 2 }]);

  for (const [what, change, expected] of [
    ['of another kind', (bytes: Buffer) => void bytes.write('PAR1'), /does not begin with HRPK/],
    [
      'of a version to come',
      (bytes: Buffer) => void bytes.writeUInt8(2, 4),
      /version 2 is not known, expected 1/,
    ],
    [
      'with one bit changed',
      (bytes: Buffer) => void bytes.writeUInt8(3, bytes.length - 1),
      /damaged: the checksum/,
    ],
    [
      'of billions of records',
      (bytes: Buffer) => {
        bytes.writeUInt32LE(4e9, 8);
        forge(bytes);
      },
      /4000000000 records are too many/,
    ],
  ] as const) {
    it(`${what} says so`, () => {
      const bytes = packColumns(small);
      change(bytes);
      assert.throws(() => readPacket(bytes), { name: 'PacketError', message: expected });
    });
  }

  for (const name of ['__proto__', 'prototype', 'constructor']) {
    it(`with a field called ${name} is refused, and pollutes nothing`, () => {
      const batch = new RecordBatch([{ name: 'x'.repeat(name.length), type: 'u8' }]);
      batch.add({ ['x'.repeat(name.length)]: 1 });
      const bytes = packColumns(batch);
      bytes.write(name, 25);
      assert.throws(() => readPacket(forge(bytes)), /no safe key of an object/);
      assert.equal(Object.getPrototypeOf({}), Object.prototype);
    });
  }

  it('with bytes behind its end is refused', () => {
    assert.throws(() => readPacket(Buffer.concat([packColumns(small), Buffer.alloc(3)])), /3 bytes too many/);
  });
});
