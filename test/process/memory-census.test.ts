import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CensusResult, HeapRetainers } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

const at = { z: 'tab', x: 1, y: 1 };
const inject = (id: string, to: string[]): FlowNode => ({
  id,
  type: 'inject',
  ...at,
  props: [],
  once: false,
  repeat: '',
  wires: [to],
});
const fn = (id: string, func: string, more: object = {}): FlowNode => ({
  id,
  type: 'function',
  ...at,
  name: `the ${id}`,
  func,
  outputs: 1,
  libs: [],
  wires: [[]],
  ...more,
});
const census = (id: string, more: object): FlowNode => ({
  id,
  type: 'memory-census',
  ...at,
  ...more,
  wires: [['end']],
});

const KEEPS = `class Kept { constructor(i) { this.i = i; } }
context.set('history', Array.from({ length: 700 }, (_, i) => new Kept(i)), 'memory');`;

const FLOWS: FlowNode[] = [
  { id: 'end', type: 'debug', ...at, active: false, wires: [] },
  { id: 'tab', type: 'tab', label: 'Orders' },
  inject('fill', ['keeper', 'worldly', 'timer', 'instance']),
  fn('keeper', KEEPS),
  fn(
    'worldly',
    "global.set('cache', { frames: 'x'.repeat(3000) }, 'disk'); flow.set('odd.key', 1, 'memory');",
  ),
  fn('timer', 'class Timed {} const all = [new Timed(), new Timed()]; setInterval(() => all.length, 1e8);'),
  { id: 'template', type: 'subflow', name: 'Cache', in: [{ x: 1, y: 1, wires: [{ id: 'inner' }] }], out: [] },
  fn('inner', "context.set('inside', 'y'.repeat(5000)); flow.set('shared', 'z'.repeat(100));", {
    z: 'template',
  }),
  { id: 'instance', type: 'subflow:template', ...at, name: 'mine', wires: [] },
  inject('hold', ['join', 'delay', 'batch']),
  {
    id: 'join',
    type: 'join',
    ...at,
    mode: 'custom',
    build: 'array',
    property: 'payload',
    propertyType: 'msg',
    key: 'topic',
    joiner: '',
    joinerType: 'str',
    accumulate: false,
    timeout: '',
    count: '10',
    wires: [[]],
  },
  {
    id: 'delay',
    type: 'delay',
    ...at,
    pauseType: 'delay',
    timeout: '1',
    timeoutUnits: 'hours',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    randomFirst: '1',
    randomLast: '5',
    randomUnits: 'seconds',
    outputs: 1,
    wires: [[]],
  },
  {
    id: 'batch',
    type: 'batch',
    ...at,
    mode: 'count',
    count: 10,
    overlap: 0,
    interval: 10,
    allowEmptySequence: false,
    topics: [],
    wires: [[]],
  },
  {
    id: 'asked',
    type: 'http in',
    ...at,
    name: 'never answers',
    url: '/ask',
    method: 'get',
    wires: [['end']],
  },
  { id: 'unwired', type: 'http in', ...at, name: '', url: '/lost/:what', method: 'post', wires: [[]] },
  inject('askFlight', ['flight']),
  census('flight', { what: ['in-flight'] }),
  inject('askContexts', ['contexts']),
  census('contexts', { what: ['contexts'] }),
  inject('askHeap', ['heap']),
  {
    id: 'askKept',
    type: 'inject',
    ...at,
    props: [{ p: 'payload' }],
    payload: '{"type":"Kept"}',
    payloadType: 'json',
    wires: [['heap']],
  },
  {
    id: 'askTimed',
    type: 'inject',
    ...at,
    props: [{ p: 'payload' }],
    payload: '{"type":"Timed"}',
    payloadType: 'json',
    wires: [['heap']],
  },
  {
    id: 'askNone',
    type: 'inject',
    ...at,
    props: [{ p: 'payload' }],
    payload: '{"type":"kept"}',
    payloadType: 'json',
    wires: [['heap']],
  },
  census('heap', { what: ['heap'], acceptPause: true }),
];

describe('a census of a real Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed;
  const stop = new AbortController();

  before(async () => {
    red = await startNodeRed({
      flows: FLOWS,
      observe: ['flight', 'contexts', 'heap'],
      env: {
        HEADROOM_CONTEXT_STORAGE:
          '{"default":"memory","memory":{"module":"memory"},"disk":{"module":"localfilesystem"}}',
      },
    });
    await red.inject('fill');
  });

  after(async () => {
    stop.abort();
    await red?.stop();
  });

  let asked = 0;
  const counts: Record<string, number> = {};
  async function answer<T>(button: string, from: string): Promise<T> {
    asked = (counts[from] ?? 0) + 1;
    counts[from] = asked;
    await red.inject(button);
    const messages = await red.untilMessages(from, asked);
    return messages.at(-1)?.payload as T;
  }

  it('names joins, delays and batches that hoard, and requests that nobody answers, or even gets', async () => {
    for (let i = 0; i < 3; i += 1) await red.inject('hold');
    fetch(`${red.url}/ask`, { signal: stop.signal }).catch(() => {});
    for (let i = 0; i < 2; i += 1)
      fetch(`${red.url}/lost/${i}`, { method: 'POST', body: 'text', signal: stop.signal }).catch(() => {});
    let nodes: CensusResult['inFlight'] = [];
    while ((nodes ?? []).reduce((sum, { messages }) => sum + messages, 0) < 12)
      nodes = (await answer<CensusResult>('askFlight', 'flight')).inFlight;
    const held = Object.fromEntries((nodes ?? []).map(({ id, messages }) => [id, messages]));
    assert.deepEqual(held, { join: 3, delay: 3, batch: 3, asked: 1, unwired: 2 });
    assert.equal(nodes?.find(({ id }) => id === 'asked')?.name, 'never answers');
  });

  it('finds every context in every store, those of subflow instances too, and makes none', async () => {
    const { contexts, uncounted } = await answer<CensusResult>('askContexts', 'contexts');
    assert.deepEqual(uncounted, []);
    const found = contexts?.flatMap(({ scope, id, keys }) =>
      keys.map(({ key, store }) => [scope, id, key, store].join(' ')),
    );
    assert.deepEqual(found?.sort(), [
      'flow instance shared memory',
      'flow tab odd memory',
      'global global cache disk',
      'node instance-inner inside memory',
      'node keeper history memory',
    ]);
    const again = await answer<CensusResult>('askContexts', 'contexts');
    assert.equal(again.contexts?.length, contexts?.length);
    assert.ok(again.contexts?.every(({ addedBytes }) => addedBytes === 0));
  });

  it('counts the heap by type, and tells what holds a type by flow node and key', async () => {
    const { heap } = await answer<CensusResult>('askHeap', 'heap');
    assert.equal(heap?.refused, null);
    assert.ok((heap?.totalBytes ?? 0) > 10_000_000 && heap?.types.length === 20);
    const kept = await answer<HeapRetainers>('askKept', 'heap');
    assert.equal(kept.count, 700);
    assert.deepEqual(kept.chains[0]?.owner, {
      kind: 'context',
      scope: 'node',
      id: 'keeper',
      name: 'the keeper',
      key: 'history',
    });
    assert.equal(kept.chains[0]?.objects, 700);
    assert.equal(kept.chains[0]?.madeBy?.id, 'keeper');
    const timed = await answer<HeapRetainers>('askTimed', 'heap');
    assert.deepEqual(timed.chains[0]?.owner, {
      kind: 'node',
      id: 'timer',
      name: 'the timer',
      type: 'function',
      flow: 'Orders',
    });
    assert.match(timed.svg, /^<svg /);
  });

  it('says of a type that is not there which may be meant, and leaves no file', async () => {
    await red.inject('askNone');
    await red.until(
      (report) =>
        report.kind === 'status' && report.id === 'heap' && /such as Kept/.test(report.status.text ?? ''),
    );
    assert.deepEqual(readdirSync(join(red.userDir, 'headroom-snapshots')), []);
  });
});
