import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { sizeOf, sizeOfMessage } from '../../../src/size';

/** A value that fails the test as soon as anything of it is asked for. */
function forbidden(): object {
  const refuse = () => {
    throw new Error('a trap of the proxy was triggered');
  };
  const traps = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect)
      .filter((name) => typeof Reflect.get(Reflect, name) === 'function')
      .map((name) => [name, refuse]),
  );
  return new Proxy({}, traps);
}

function getterThatFails(): PropertyDescriptor {
  return {
    enumerable: true,
    get() {
      throw new Error('a getter was run');
    },
  };
}

describe('sizeOf', () => {
  it('gives plain values the bytes beyond the field that holds them', () => {
    for (const value of [undefined, null, true, 0, -1, 2 ** 31 - 1, -(2 ** 31), '', 'x']) {
      assert.equal(sizeOf(value).bytes, 0, String(value));
    }
    for (const value of [0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      assert.equal(sizeOf(value).bytes, 16, String(value));
    }
  });

  it('counts a text once per character in Latin-1 and twice beyond', () => {
    assert.equal(sizeOf('a'.repeat(100)).bytes, 120);
    assert.equal(sizeOf('ü'.repeat(100)).bytes, 120);
    assert.equal(sizeOf('ł'.repeat(100)).bytes, 216);
  });

  it('counts a shared part once, and a cycle without end once', () => {
    const shared = { values: new Array(1000).fill(0) };
    const alone = sizeOf([shared]);
    const twice = sizeOf([shared, shared]);
    assert.equal(twice.bytes - alone.bytes, 8);
    const loop: Record<string, unknown> = { name: 'a loop of one' };
    loop.self = loop;
    assert.equal(sizeOf(loop).objects, 2);
  });

  it('counts the bytes under several views once, and says they lie off the heap', () => {
    const frame = Buffer.alloc(16_384);
    const one = sizeOf([frame]);
    const three = sizeOf([frame, frame.subarray(0, 8), new DataView(frame.buffer)]);
    assert.equal(three.offHeapBytes, one.offHeapBytes);
    assert.ok(one.offHeapBytes >= 16_384);
    assert.ok(three.bytes - one.bytes < 300);
    assert.ok(sizeOf(new SharedArrayBuffer(4096)).offHeapBytes >= 4096);
  });

  it('gives a small Buffer its part of the pool it shares, not the whole pool', () => {
    assert.equal(sizeOf(Buffer.from('0123456789')).offHeapBytes, 16);
  });

  it('counts keys and values of Maps and Sets, and the fields of class instances', () => {
    const text = 'a text of some length';
    const plain = sizeOf(text).bytes;
    assert.ok(sizeOf(new Map([[text, [1]]])).bytes > plain + sizeOf([1]).bytes);
    assert.ok(sizeOf(new Set([text])).bytes > plain);
    class Device {
      name = text;
    }
    assert.equal(sizeOf(new Device()).bytes, sizeOf({ name: text }).bytes);
  });

  it('sees arrays and objects of function nodes, which live in another realm', () => {
    const make = '({ list: [0.5, 1.5], at: new Date(0), map: new Map([[1, { a: 1 }]]) })';
    const ours = { list: [0.5, 1.5], at: new Date(0), map: new Map([[1, { a: 1 }]]) };
    assert.deepEqual(sizeOf(runInNewContext(make)), sizeOf(ours));
  });

  it('runs no getter, neither of objects and arrays nor inherited or symbol-keyed ones', () => {
    const object = Object.defineProperty({ a: 1 }, 'b', getterThatFails());
    const array = Object.defineProperty([1, 2, 3], 1, getterThatFails());
    class Tagged {
      get [Symbol.toStringTag](): string {
        throw new Error('a getter was run');
      }
    }
    class Bytes extends Uint8Array {
      override get buffer(): never {
        throw new Error('a getter was run');
      }
      override get byteLength(): never {
        throw new Error('a getter was run');
      }
    }
    class Counted extends Map<number, number> {
      override get size(): never {
        throw new Error('a getter was run');
      }
      override [Symbol.iterator](): never {
        throw new Error('an iterator was run');
      }
    }
    const counted = new Counted();
    Map.prototype.set.call(counted, 1, 2);
    assert.ok(sizeOf([object, array, new Tagged(), new Bytes(), counted]).bytes > 0);
  });

  it('does not format the stack of an Error', () => {
    const prepare = Error.prepareStackTrace;
    const error = Object.assign(new Error('with a detail'), { detail: 'x'.repeat(500) });
    try {
      Error.prepareStackTrace = () => {
        throw new Error('the stack was formatted');
      };
      assert.ok(sizeOf(error).bytes > 500);
    } finally {
      Error.prepareStackTrace = prepare;
    }
  });

  it('triggers no proxy, as a value, as a prototype, or revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const heir = Object.create(forbidden());
    const sparse = Object.setPrototypeOf([1, undefined, 3], forbidden());
    delete sparse[1];
    assert.ok(sizeOf([forbidden(), proxy, heir, sparse, new Proxy(() => 0, {})]).bytes > 0);
  });

  it('changes nothing: a frozen value is as good, and gets no property', () => {
    const frozen = Object.freeze({ list: Object.freeze([1, 2]) });
    assert.ok(sizeOf(frozen).bytes > 0);
    assert.deepEqual(Reflect.ownKeys(frozen), ['list']);
  });

  it('stops at the work bound and says so', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ i }));
    const part = sizeOf(many, { maxWork: 1000 });
    assert.equal(part.truncated, true);
    assert.ok(part.bytes < sizeOf(many).bytes / 5);
    assert.equal(sizeOf(many).truncated, false);
    for (const huge of [new Map(many.map((v) => [v, v])), new Set(many), 'x'.repeat(5000).split('')]) {
      const { truncated, objects } = sizeOf(huge, { maxWork: 1000 });
      assert.equal(truncated, true);
      assert.ok(objects <= 1002);
    }
  });

  it('does not believe the length of an array without contents', () => {
    const hollow: unknown[] = [];
    hollow[4_000_000_000] = 1;
    const { bytes, truncated } = sizeOf(hollow, { maxWork: 100_000 });
    assert.equal(truncated, true);
    assert.ok(bytes < 1_000_000);
  });

  it('follows a list of a million links without overflowing the stack', () => {
    let list: object | null = null;
    for (let i = 0; i < 1_000_000; i += 1) list = { next: list };
    assert.equal(sizeOf(list, { maxWork: 3_000_000 }).objects, 1_000_000);
  });

  it('takes whatever JavaScript can hold', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          withObjectString: true,
        }),
        (value) => {
          const { bytes, offHeapBytes, objects, truncated } = sizeOf(value);
          assert.ok(Number.isFinite(bytes) && bytes >= offHeapBytes && offHeapBytes >= 0 && objects >= 0);
          assert.equal(truncated, false);
        },
      ),
    );
    const rare = [
      Symbol('s'),
      2n ** 100n,
      () => 0,
      new WeakMap(),
      Promise.resolve(),
      /x/g,
      new Error('e'),
      globalThis,
    ];
    for (const value of rare) assert.ok(sizeOf(value, { maxWork: 10_000 }).bytes > 0);
  });
});

describe('sizeOfMessage', () => {
  it('leaves out the connection of an http request, and only there', () => {
    const msg = { payload: { req: 'the text of a request' } };
    const size = sizeOfMessage({
      ...msg,
      req: { socket: new Array(1000) },
      res: { socket: new Array(1000) },
    });
    assert.equal(size.bytes, sizeOf(msg).bytes + 16);
  });
});
