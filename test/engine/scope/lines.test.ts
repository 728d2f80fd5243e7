import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Headroom } from '../../../src/sample';
import {
  budgetResource,
  HeadroomBudget,
  type Held,
  permitResource,
  type Resource,
  TooManyWaiting,
  WaitedTooLong,
} from '../../../src/scope';
import { FakeRoom, PATIENT } from './subjects';

const never = new AbortController().signal;

/** Asks one after another, and keeps who was served, in order. */
class Asker {
  readonly served: string[] = [];
  readonly held = new Map<string, Held>();

  ask(who: string, resource: Resource, demand: unknown, signal = never): Promise<void> {
    return Promise.resolve(resource.acquire(demand, signal)).then((held) => {
      this.served.push(who);
      this.held.set(who, held);
    });
  }

  /** What a body was given. */
  info(who: string): Record<string, unknown> {
    return this.held.get(who)?.value as Record<string, unknown>;
  }

  async release(who: string): Promise<void> {
    await this.held.get(who)?.release();
    for (let wait = 0; wait < 5; wait += 1) await turn();
  }
}

describe('permits', () => {
  let asker: Asker;
  let name = '';

  beforeEach(() => {
    asker = new Asker();
    name = `permit ${Math.random()}`;
  });

  it('are shared by name across nodes, in the order of asking', async () => {
    const [one, two] = [permitResource({ ...PATIENT, count: 2 }), permitResource({ ...PATIENT, count: 2 })];
    const asked = [one, two, one, two, one].map((node, index) => asker.ask(String(index), node, name));
    await turn();
    assert.deepEqual(asker.served, ['0', '1']);
    await asker.release('1');
    await asker.release('0');
    assert.deepEqual(asker.served, ['0', '1', '2', '3']);
    await asker.release('2');
    await Promise.all(asked);
    assert.deepEqual(asker.served, ['0', '1', '2', '3', '4']);
    for (const who of ['3', '4']) await asker.release(who);
  });

  it('of other names do not wait for each other', async () => {
    const node = permitResource({ ...PATIENT, count: 1 });
    await asker.ask('a', node, `${name} a`);
    await asker.ask('b', node, `${name} b`);
    for (const who of ['a', 'b']) await asker.release(who);
  });

  it('let nobody overtake who asks for more to be free', async () => {
    const [strict, loose] = [
      permitResource({ ...PATIENT, count: 1 }),
      permitResource({ ...PATIENT, count: 3 }),
    ];
    await asker.ask('holder', loose, name);
    void asker.ask('strict', strict, name);
    void asker.ask('behind', loose, name);
    await turn();
    assert.deepEqual(asker.served, ['holder']);
    await asker.release('holder');
    assert.deepEqual(asker.served, ['holder', 'strict', 'behind']);
    for (const who of ['strict', 'behind']) await asker.release(who);
  });

  it('of a stopped node go to those who wait, and its own waiting ends', async () => {
    const stop = new AbortController();
    const [stopped, other] = [
      permitResource({ ...PATIENT, count: 1 }),
      permitResource({ ...PATIENT, count: 1 }),
    ];
    await asker.ask('held', stopped, name);
    const refused = assert.rejects(asker.ask('waiting', stopped, name, stop.signal), /stopped/);
    const served = asker.ask('other', other, name);
    stop.abort(new Error('stopped'));
    await refused;
    await asker.release('held');
    await served;
    await asker.release('other');
  });

  it('tell the body who else holds and waits', async () => {
    const node = permitResource({ ...PATIENT, count: 2 });
    await asker.ask('a', node, name);
    await asker.ask('b', node, name);
    const { waitedMs, ...info } = asker.info('b');
    assert.deepEqual(info, { name, count: 2, inUse: 2, waiting: 0 });
    assert.equal(typeof waitedMs, 'number');
    for (const who of ['a', 'b']) await asker.release(who);
  });

  it('refuse a message beyond those that may wait, and one that waited too long', async () => {
    const node = permitResource({ count: 1, maxWaitMs: 5, maxWaiting: 1 });
    await asker.ask('held', node, name);
    const late = assert.rejects(asker.ask('late', node, name), (error: Error) => {
      return (
        error instanceof WaitedTooLong &&
        /permit "permit .*" \(1 at a time\): .*within 5 ms/.test(error.message)
      );
    });
    await assert.rejects(asker.ask('many', node, name), (error: Error) => {
      return (
        error instanceof TooManyWaiting && /1 messages wait already, expected at most 1/.test(error.message)
      );
    });
    await late;
    await asker.release('held');
    await asker.ask('again', node, name);
    await asker.release('again');
  });

  it('may be named by a number, as an id often is', async () => {
    const node = permitResource({ ...PATIENT, count: 1 });
    await asker.ask('number', node, 7);
    const waits = asker.ask('text', node, '7');
    await turn();
    assert.deepEqual(asker.served, ['number']);
    await asker.release('number');
    await waits;
    await asker.release('text');
  });

  for (const demand of ['', undefined, null, {}, Number.NaN, 'x'.repeat(201)]) {
    it(`refuse ${JSON.stringify(demand)?.slice(0, 20)} as a name`, async () => {
      const node = permitResource({ ...PATIENT, count: 1 });
      await assert.rejects(asker.ask('x', node, demand), /permit: .* is not valid, expected a name/);
    });
  }
});

describe('budgets', () => {
  let asker: Asker;
  let room: FakeRoom;
  let budget: HeadroomBudget;
  let node: Resource;

  beforeEach(() => {
    asker = new Asker();
    room = new FakeRoom();
    budget = new HeadroomBudget(room.open);
    node = budgetResource(PATIENT, budget);
  });

  afterEach(() => {
    assert.deepEqual([budget.reservedBytes, room.readers], [0, 0]);
  });

  it('count what running bodies have reserved, and serve in the order of asking', async () => {
    await asker.ask('60', node, 60);
    void asker.ask('50', node, 50);
    void asker.ask('10', budgetResource(PATIENT, budget), 10);
    await turn();
    assert.deepEqual(asker.served, ['60'], 'a small one does not overtake');
    await asker.release('60');
    assert.deepEqual(asker.served, ['60', '50', '10']);
    for (const who of ['50', '10']) await asker.release(who);
  });

  it('are given when memory comes free by itself', async () => {
    room.free = 10;
    const asked = asker.ask('50', node, 50);
    await turn();
    assert.deepEqual(asker.served, []);
    room.free = 60;
    await asked; // looked at every second
    await asker.release('50');
  });

  it('have garbage collected where the heap is nearest and somebody waits', async () => {
    room.free = 10;
    const asked = asker.ask('50', node, 50);
    await turn();
    assert.equal(room.collections, 0, 'the container is nearest');
    room.nearest = 'heap';
    const collected = room.collect;
    room.collect = async () => {
      await collected.call(room);
      room.free = 80;
    };
    await asked;
    assert.equal(room.collections, 1);
    await asker.release('50');
  });

  it('larger than the machine are refused at once, with the figures', async () => {
    await assert.rejects(
      asker.ask('x', node, 1_500),
      /budgetBytes: 1500 is not valid, expected at most the smallest limit of this process: heap 2 KB, container 0\.98 KB/,
    );
  });

  it('say what was free when the waiting is over', async () => {
    room.free = 10;
    await assert.rejects(
      asker.ask('x', budgetResource({ maxWaitMs: 5, maxWaiting: 10 }, budget), 50),
      /50 B of headroom \(headroom 10 B \(container\), 0 B of it reserved\): was not free within 5 ms/,
    );
  });

  it('are given where nothing is known of memory', async () => {
    room.free = null;
    await asker.ask('x', node, 500);
    await asker.release('x');
  });

  it('may be told in the words of people', async () => {
    room.limit = 2 ** 40;
    room.free = 2 ** 40;
    await asker.ask('x', node, '1.5 KB');
    assert.equal(budget.reservedBytes, 1_536);
    await asker.release('x');
  });

  for (const demand of [0, -1, 1.5, Number.NaN, 'much', undefined, null, {}]) {
    it(`refuse ${JSON.stringify(demand)} bytes`, async () => {
      await assert.rejects(
        asker.ask('x', node, demand),
        /budgetBytes: .* is not valid, expected a whole number/,
      );
    });
  }

  it('of this process are measured by its own headroom', async () => {
    const real = budgetResource(PATIENT);
    await asker.ask('real', real, 1_024);
    const { headroom } = asker.info('real');
    assert.ok((headroom as Headroom).bytes > 1_024);
    await asker.release('real');
    await assert.rejects(asker.ask('all', real, 2 ** 50), /smallest limit of this process: heap \d/);
  });
});
