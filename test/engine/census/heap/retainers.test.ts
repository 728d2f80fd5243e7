import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainsOf } from '../../../../src/census/heap/chains';
import { SnapshotError } from '../../../../src/census/heap/input';
import { type Retainers, retainersOf } from '../../../../src/census/heap/retainers';
import type { RunningFlows } from '../../../../src/contexts/places';
import { scratchFolder, snapshotsOf } from '../../../support/snapshot';

/** Holds objects in the ways that leaks do, with tables that look like those of Node-RED. */
const SCRIPT = `
  const vm = require('vm');
  const make = (name, count) => {
    const Type = eval('(class ' + name + ' { constructor(i) { this.at = i; } })');
    return Array.from({ length: count }, (_, i) => new Type(i));
  };
  class Memory { constructor() { this.data = { 'keeper:tab': { history: make('InContext', 500) }, global: { cache: { a: make('InGlobal', 1)[0] } } }; } }
  class Sensor { constructor() { this.id = 'sensor'; this.type = 'sensor'; this.seen = new Map(make('InMap', 200).map((each, i) => ['secret key ' + i, each])); } }
  class Listener { constructor() { this.id = 'listener'; this.type = 'listens'; } }
  globalThis.stores = { memory: new Memory() };
  globalThis.activeNodes = { sensor: new Sensor() };
  const listen = (node, kept) => process.on('SIGUSR2', () => [node, kept].length);
  listen(new Listener(), make('InListener', 50));
  const sandbox = vm.createContext({ __node__: { id: 'fn' }, kept: [] });
  vm.runInContext('class InRealm { constructor() { this.x = {}; } } kept.push(new InRealm(), new InRealm());', sandbox, { filename: 'Function node:fn [makes]' });
  globalThis.byRealm = sandbox.kept;
  globalThis.timer = vm.runInContext('(function () { class InClosure {} const all = [new InClosure()]; return () => all; })()', sandbox, { filename: 'Function node:fn [makes]' });
  let list = null;
  class Link { constructor(next) { this.next = next; } }
  for (let i = 0; i < 1000; i += 1) list = new Link(list);
  globalThis.list = list;
  globalThis.weak = new WeakRef(make('OnlyWeak', 1)[0]);
  globalThis['odd <name> & "quotes"'] = { deep: make('Odd', 3) };
  globalThis.frames = [Buffer.alloc(8), Buffer.alloc(8)];
  snapshot('one');
`;

const RUNNING: RunningFlows = {
  nodes: new Map(
    ['keeper', 'sensor', 'listener', 'fn'].map((id) => [
      id,
      { id, name: `the ${id}`, type: 'function', flow: 'Orders' },
    ]),
  ),
  scopes: new Map([
    ['global', { scope: 'global', id: 'global', name: 'global' }],
    ['keeper:tab', { scope: 'node', id: 'keeper', name: 'the keeper' }],
  ]),
};

describe('what holds objects of a type', function () {
  this.timeout(30_000);
  const folder = scratchFolder();
  let file = '';

  before(() => {
    file = snapshotsOf(folder.path, SCRIPT)('one');
  });

  after(folder.remove);

  it('are told of Buffers by the name users know and by the one they go by here', () => {
    for (const type of ['Buffer', 'Buffer (Uint8Array)']) {
      const { count, chains } = chainsOf(file, type);
      assert(count >= 2);
      assert(chains.length > 0);
    }
  });

  const ask = (type: string): Retainers => retainersOf(type, chainsOf(file, type), RUNNING, 20);

  for (const [type, count, owner] of [
    ['InContext', 500, { kind: 'context', scope: 'node', id: 'keeper', name: 'the keeper', key: 'history' }],
    ['InGlobal', 1, { kind: 'context', scope: 'global', id: 'global', name: 'global', key: 'cache' }],
    ['InMap', 200, { kind: 'node', id: 'sensor', name: 'the sensor', type: 'function', flow: 'Orders' }],
    [
      'InListener',
      50,
      { kind: 'node', id: 'listener', name: 'the listener', type: 'function', flow: 'Orders' },
    ],
    ['InClosure', 1, { kind: 'node', id: 'fn', name: 'the fn', type: 'function', flow: 'Orders' }],
    ['InRealm', 2, { kind: 'node', id: 'fn', name: 'the fn', type: 'function', flow: 'Orders' }],
  ] as const) {
    it(`of ${type} is named, however many they are, with each step`, () => {
      const { chains, count: found } = ask(type);
      assert.equal(found, count);
      const [chain] = chains;
      assert.deepEqual(chain?.owner, owner);
      assert.equal(
        chains.reduce((sum, { objects }) => sum + objects, 0),
        count,
      );
      assert.equal(chain?.steps.at(-1)?.type, type);
    });
  }

  it('is told in one line, once for all that are held alike', () => {
    assert.match(
      ask('InContext').text,
      /^500 InContext, [\d.]+ KB\n500 × key history of node context 'the keeper' \.history → Array \[\] → InContext$/,
    );
  });

  it('names the function node that made what lies elsewhere', () => {
    assert.equal(ask('InRealm').chains[0]?.madeBy?.id, 'fn');
    assert.equal(ask('InContext').chains[0]?.madeBy, null);
  });

  it('tells a linked list once, by its head', () => {
    const { chains, count } = ask('Link');
    assert.deepEqual([count, chains.length, chains[0]?.objects], [1_000, 1, 1_000]);
    assert.equal(chains[0]?.steps.at(-1)?.edge, 'list');
  });

  it('does not follow what is only held weakly', () => {
    const { count, chains } = chainsOf(file, 'OnlyWeak');
    assert.ok(count === 0 || chains.every(({ steps }) => steps.every(({ type }) => type !== 'WeakRef')));
  });

  it('is looked for by kind too, the shortest ways first, and not more than asked for', () => {
    const { chains, count } = retainersOf('(string)', chainsOf(file, '(string)'), RUNNING, 7);
    assert.ok(count > 1_000);
    assert.equal(chains.length, 7);
    const lengths = chains.map(({ steps }) => steps.length);
    assert.deepEqual(
      lengths,
      [...lengths].sort((a, b) => a - b),
    );
  });

  it('says which types are meant when there is none of that name', () => {
    const { count, similar } = chainsOf(file, 'incontext');
    assert.deepEqual([count, similar], [0, ['InContext']]);
    assert.deepEqual(chainsOf(file, 'Nothing like it').similar, []);
  });

  it('draws names, types and sizes, as XML and DOT that hold whatever the names are', () => {
    const { svg, dot, text } = ask('Odd');
    assert.match(svg, /odd &lt;name&gt; &amp; &quot;quotes&quot;/);
    assert.match(dot, /label="\.odd <name> & \\"quotes\\""/);
    assert.equal((svg.match(/<text /g) ?? []).length > 4, true);
    assert.doesNotMatch(svg, /<(?:script|image|a|foreignObject)\b/);
    assert.match(text, /^3 Odd, /);
  });

  it('tells no value: not the texts of a Map, not what objects hold', () => {
    assert.doesNotMatch(JSON.stringify(ask('InMap')), /secret/);
  });

  it('refuses snapshots that are cut off or damaged', () => {
    const whole = readFileSync(file);
    const bad = join(folder.path, 'bad');
    for (const share of [0.0005, 0.2, 0.5, 0.8, 0.95]) {
      writeFileSync(bad, whole.subarray(0, Math.floor(whole.length * share)));
      assert.throws(() => chainsOf(bad, 'Link'), SnapshotError, String(share));
    }
    const text = whole.toString('latin1');
    writeFileSync(bad, text.replace(/"edges":\[\d+,\d+,\d+/, '"edges":[1,1,3'), 'latin1');
    assert.throws(() => chainsOf(bad, 'Link'), SnapshotError);
  });
});
