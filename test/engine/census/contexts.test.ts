import assert from 'node:assert/strict';
import { ContextCounter } from '../../../src/census';
import { type Context, contextPlaces, type Place, storeNames } from '../../../src/contexts';

type Answer = (error: unknown, answer?: unknown) => void;

/** A context over plain objects by store, as Node-RED's memory store answers; counts what it is asked. */
function contextOf(stores: Record<string, Record<string, unknown>>): Context & { asked: number } {
  return {
    asked: 0,
    keys(store, callback) {
      this.asked += 1;
      callback(null, Object.keys(stores[store] ?? {}));
    },
    get(key, store, callback) {
      this.asked += 1;
      const plain = typeof key === 'string' ? key : (JSON.parse(key[0] ?? '')[0] as string);
      callback(null, stores[store]?.[plain]);
    },
  };
}

function place(context: Context, id = 'flow'): Place {
  return { scope: 'flow', id, name: id, context };
}

const OPTIONS = { top: 20 };

describe('a census of contexts', () => {
  it('tells each key with its bytes, the heaviest first, and what was added since the last census', async () => {
    const data: Record<string, unknown> = { small: 'x'.repeat(100), big: Buffer.alloc(100_000), 'a.b': [1] };
    const counter = new ContextCounter();
    const take = async () =>
      (await counter.count([place(contextOf({ memory: data }))], ['memory'], OPTIONS)).contexts[0];
    const first = await take();
    assert.deepEqual(
      first?.keys.map(({ key }) => key),
      ['big', 'small', 'a.b'],
    );
    assert.equal(first?.addedBytes, null);
    assert.equal(first?.keys[0]?.addedBytes, null);
    data.small = 'x'.repeat(1_100);
    delete data['a.b'];
    data.fresh = 'y'.repeat(500);
    const second = await take();
    assert.deepEqual(
      second?.keys.map(({ key, addedBytes }) => [key, addedBytes]),
      [
        ['big', 0],
        ['small', 1_000],
        ['fresh', 520],
      ],
    );
    assert.equal(second?.addedBytes, (second?.bytes ?? 0) - (first?.bytes ?? 0));
  });

  it('counts all keys and lists the heaviest, in contexts and of each', async () => {
    const many = contextOf({
      memory: Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, 'x'.repeat(8 * i)])),
    });
    const places = [
      place(many, 'many'),
      ...Array.from({ length: 10 }, (_, i) => place(contextOf({ memory: { v: 'x'.repeat(50) } }), `f${i}`)),
    ];
    const { contexts, totalBytes } = await new ContextCounter().count(places, ['memory'], { top: 2 });
    assert.equal(contexts.length, 2);
    assert.deepEqual([contexts[0]?.id, contexts[0]?.keyCount], ['many', 3_000]);
    assert.deepEqual(
      contexts[0]?.keys.map(({ key }) => key),
      ['k2999', 'k2998'],
    );
    assert.ok(totalBytes > contexts.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('lets the event loop run while it counts', async () => {
    const data = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`k${i}`, Array.from({ length: 3_000 }, (_, at) => ({ at }))]),
    );
    let turns = 0;
    let counting = true;
    const tick = (): void => {
      turns += 1;
      if (counting) setImmediate(tick);
    };
    setImmediate(tick);
    await new ContextCounter().count([place(contextOf({ memory: data }))], ['memory'], OPTIONS);
    counting = false;
    assert.ok(turns > 5, String(turns));
  });

  it('stops when its time is used up, and says what is missing', async () => {
    const data = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`k${i}`, Array.from({ length: 5_000 }, (_, at) => ({ at }))]),
    );
    const { contexts, uncounted } = await new ContextCounter().count(
      [place(contextOf({ memory: data }))],
      ['memory'],
      { top: 100, budgetMs: 1 },
    );
    const [missing] = uncounted;
    assert.match(missing?.reason ?? '', /1 ms .* used up/);
    assert.equal((contexts[0]?.keyCount ?? 0) + (missing?.keys ?? 0), 50);
  });

  it('says that a value too big to look at whole was sampled', async () => {
    const list = Array.from({ length: 100_000 }, (_, at) => ({ at, text: `number ${at}` }));
    const { contexts } = await new ContextCounter().count(
      [place(contextOf({ memory: { list, one: 'a text of some length' } }))],
      ['memory'],
      OPTIONS,
    );
    assert.deepEqual(
      contexts[0]?.keys.map(({ key, sampled }) => [key, sampled]),
      [
        ['list', true],
        ['one', false],
      ],
    );
  });

  for (const [how, keys, get] of [
    [
      'throws',
      () => {
        throw new Error('no disk');
      },
      null,
    ],
    ['fails', (_: string, callback: Answer) => setImmediate(callback, new Error('no disk')), null],
    ['fails for values', null, (_k: unknown, _s: string, callback: Answer) => callback(new Error('no disk'))],
  ] as const) {
    it(`names a store that ${how}, and counts the others`, async () => {
      const good = contextOf({ memory: { a: 'a text of some length' }, disk: { b: 1 } });
      const context: Context = {
        keys: (store, callback) =>
          store === 'disk' && keys ? keys(store, callback) : good.keys(store, callback),
        get: (key, store, callback) =>
          store === 'disk' && get ? get(key, store, callback) : good.get(key, store, callback),
      };
      const { contexts, uncounted } = await new ContextCounter().count(
        [place(context)],
        ['disk', 'memory'],
        OPTIONS,
      );
      assert.deepEqual(
        contexts[0]?.keys.map(({ store, key }) => [store, key]),
        [['memory', 'a']],
      );
      assert.deepEqual(uncounted, [
        { store: 'disk', reason: 'no disk', contexts: keys ? 1 : 0, keys: get ? 1 : 0 },
      ]);
    });
  }

  it('waits for a store that never answers once, however many contexts there are', async () => {
    let asked = 0;
    const good = contextOf({ memory: { a: 1 } });
    const context: Context = {
      keys: (store, callback) => {
        if (store === 'memory') good.keys(store, callback);
        else asked += 1;
      },
      get: good.get.bind(good),
    };
    const places = Array.from({ length: 100 }, (_, i) => place({ ...context }, `f${i}`));
    const { contexts, uncounted } = await new ContextCounter().count(places, ['redis', 'memory'], {
      top: 200,
      answerMs: 20,
    });
    assert.equal(asked, 1);
    assert.equal(contexts.length, 100);
    assert.deepEqual(uncounted, [
      { store: 'redis', reason: 'did not answer within 20 ms', contexts: 100, keys: 0 },
    ]);
  });

  it('neither waits for a promise that somebody keeps nor calls what looks like one', async () => {
    let called = 0;
    const looksLikeOne = {
      // biome-ignore lint/suspicious/noThenProperty: that is the case
      then() {
        called += 1;
      },
    };
    const data = { pending: new Promise(() => {}), looksLikeOne, text: 'x'.repeat(100) };
    const { contexts, uncounted } = await new ContextCounter().count(
      [place(contextOf({ memory: data }))],
      ['memory'],
      OPTIONS,
    );
    assert.deepEqual(contexts[0]?.keys.map(({ key }) => key).sort(), ['looksLikeOne', 'pending', 'text']);
    assert.deepEqual(uncounted, []);
    assert.equal(called, 0);
  });

  it('ends when it is stopped, though a store does not answer', async () => {
    const stop = new AbortController();
    const silent: Context = { keys: () => {}, get: () => {} };
    const counted = new ContextCounter().count([place(silent)], ['redis'], {
      ...OPTIONS,
      answerMs: 600_000,
      signal: stop.signal,
    });
    stop.abort();
    assert.deepEqual((await counted).contexts, []);
  });

  it('takes answers that are no lists, late second answers and odd keys as they come', async () => {
    const odd: Context = {
      keys(_store, callback) {
        callback(null, ['plain', '$parent', 'a["b"]', 'it\'s "both"', 7, '']);
        setImmediate(callback, new Error('once more'));
      },
      get: (key, _store, callback) => callback(null, `${JSON.stringify(key)} is a text`),
    };
    const none: Context = { keys: (_store, callback) => callback(null, 'none'), get: () => {} };
    const { contexts, uncounted } = await new ContextCounter().count(
      [place(odd), place(none, 'none')],
      ['memory'],
      OPTIONS,
    );
    assert.deepEqual(
      contexts.map(({ id, keyCount }) => [id, keyCount]),
      [['flow', 4]],
    );
    assert.match(uncounted[0]?.reason ?? '', /both kinds of quotes/);
  });
});

describe('the contexts of a Node-RED', () => {
  const context = (): Context => ({ keys: () => {}, get: () => {} });

  it('are found without making any, in flows, subflow instances and nodes, global once', () => {
    const world = context();
    const globalFlow = {
      id: 'global',
      isGlobalFlow: true,
      context: world,
      getActiveNodes: () => ({ broker: { id: 'broker', type: 'mqtt-broker', name: 'house' } }),
    };
    const tab = {
      id: 'tab',
      flow: { label: 'Orders' },
      context: context(),
      parent: globalFlow,
      subflowInstanceNodes: {} as object,
      getActiveNodes: () => nodes,
    };
    const instance = {
      id: 'sub',
      subflowDef: { name: 'Cache' },
      parent: tab,
      context: context(),
      subflowInstanceNodes: { stub: true },
      getActiveNodes: () => ({ inner }),
    };
    const inner = { id: 'sub-inner', type: 'function', name: 'keep', _context: context(), _flow: instance };
    tab.subflowInstanceNodes = { sub: instance };
    const asks = (): never => {
      throw new Error('made a context');
    };
    const nodes = {
      fn: { id: 'fn', type: 'function', name: '', _context: context(), _flow: tab, context: asks },
      idle: { id: 'idle', type: 'function', name: 'idle', _flow: tab, context: asks },
    };
    const flows = {
      eachNode: (visit: (node: { id: string }) => void) =>
        ['fn', 'idle', 'broker', 'gone'].map((id) => ({ id })).forEach(visit),
      getNode: (id: string) =>
        (
          ({ ...nodes, broker: { id: 'broker', _flow: globalFlow, _context: world } }) as Record<
            string,
            unknown
          >
        )[id] ?? null,
    };
    assert.deepEqual(
      contextPlaces(flows).map(({ scope, id, name }) => [scope, id, name]),
      [
        ['global', 'global', 'global'],
        ['flow', 'tab', 'Orders'],
        ['node', 'fn', 'function'],
        ['flow', 'sub', 'Orders / Cache'],
        ['node', 'sub-inner', 'keep'],
      ],
    );
  });

  it('are kept in the stores that the settings name', () => {
    assert.deepEqual(storeNames(undefined), ['memory']);
    assert.deepEqual(storeNames({}), ['memory']);
    assert.deepEqual(storeNames({ default: 'disk', disk: { module: 'localfilesystem' }, _: {} }), ['disk']);
    assert.deepEqual(storeNames({ default: { module: 'memory' }, redis: { module: {} } }), [
      'default',
      'redis',
    ]);
  });
});
