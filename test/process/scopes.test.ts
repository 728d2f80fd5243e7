import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FlowNode, type NodeRed, type StartOptions, startNodeRed } from '../../tools/node-red/start';

const AT = { z: 'flow', x: 100, y: 100 };
const func = (id: string, code: string, wires: string[] = ['check'], more: object = {}): FlowNode => ({
  ...{ id, type: 'function', func: code, outputs: 1, libs: [], ...AT },
  wires: [wires],
  ...more,
});
const node = (id: string, type: string, more: object = {}): FlowNode => ({
  ...{ id, type, name: '', timeout: '', units: 'ms', ...AT, wires: [['check']] },
  ...more,
});
const scope = (id: string, more: object = {}): FlowNode => ({
  ...{ id, type: 'memory-scope', ...AT, resource: 'temp-folder', property: 'folder' },
  ...{ timeoutMs: 60_000, wires: [['a'], []] },
  ...more,
});
const delay = (id: string, ms: number, wires = ['check']): FlowNode => ({
  ...{ id, type: 'delay', ...AT, pauseType: 'delay', timeout: String(ms), timeoutUnits: 'milliseconds' },
  ...{ rate: '1', nbRateUnits: '1', rateUnits: 'second', randomFirst: '1', randomLast: '5' },
  ...{ randomUnits: 'seconds', drop: false, allowrate: false, outputs: 1, wires: [wires] },
});
const join_ = (id: string, count: string, more: object = {}): FlowNode =>
  node(id, 'join', {
    mode: 'custom',
    build: 'array',
    property: 'payload',
    propertyType: 'msg',
    count,
    ...more,
  });

/** What happens to the body of a scope in each kind of node; docs/scope.md has it in words. */
interface Row {
  nodes: FlowNode[];
  /** For each message that comes to `check`, whether the folder was there. */
  there: boolean[];
  /** The outcomes at `scope`'s second output. */
  outcomes: string[];
}

function rows(): Record<string, Row> {
  const done = ['done'];
  const split = node('a', 'split', { splt: '\\n', spltType: 'str', arraySplt: 1, arraySpltType: 'len' });
  return {
    'a function': { nodes: [scope('scope'), func('a', 'return msg;')], there: [true], outcomes: done },
    'a function that makes a new message': {
      nodes: [scope('scope'), func('a', 'return { folder: msg.folder };')],
      there: [true],
      outcomes: done,
    },
    'a function that sends after a timer and a promise': {
      nodes: [
        scope('scope'),
        func(
          'a',
          'setTimeout(async () => { await null; node.send({ folder: msg.folder }); node.done(); }, 60);',
        ),
      ],
      there: [true],
      outcomes: done,
    },
    'a function that returns nothing': {
      nodes: [scope('scope'), func('a', 'return null;')],
      there: [],
      outcomes: done,
    },
    'a throw and the catch node behind it': {
      nodes: [
        scope('scope'),
        func('a', 'throw new Error("meant to");', []),
        node('b', 'catch', { scope: ['a'], uncaught: false, wires: [['c']] }),
        delay('c', 60),
      ],
      there: [true],
      outcomes: ['error'],
    },
    'an error told with the message': {
      nodes: [
        scope('scope'),
        func('a', 'node.error("meant to", msg); return null;', []),
        node('b', 'catch', { scope: ['a'], uncaught: false, wires: [['c']] }),
        delay('c', 60),
      ],
      there: [true],
      outcomes: done,
    },
    'a complete node': {
      nodes: [
        scope('scope'),
        func('a', 'return null;', []),
        node('b', 'complete', { scope: ['a'], uncaught: false, wires: [['c']] }),
        delay('c', 60),
      ],
      there: [true],
      outcomes: done,
    },
    'two branches, one of them slow': {
      nodes: [scope('scope', { wires: [['a', 'b'], []] }), delay('a', 80), func('b', 'return msg;')],
      there: [true, true],
      outcomes: done,
    },
    'a rate limit': {
      nodes: [
        scope('scope'),
        { ...delay('a', 0), pauseType: 'rate', rate: '20', nbRateUnits: '1', rateUnits: 'second' },
      ],
      there: [true],
      outcomes: done,
    },
    'split and join': {
      nodes: [
        scope('scope'),
        { ...split, wires: [['b']] },
        delay('b', 30, ['c']),
        node('c', 'join', { mode: 'auto', wires: [['d']] }),
        delay('d', 30),
      ],
      there: [true],
      outcomes: done,
    },
    'a set joined of the bodies of three scopes': {
      nodes: [
        { ...split, id: 'first', wires: [['scope']] },
        scope('scope'),
        func('a', 'msg.payload = msg.folder; return msg;', ['b']),
        join_('b', '3', { wires: [['c']] }),
        delay('c', 60, ['d']),
        func('d', 'msg.folder = msg.payload; return msg;'),
      ],
      there: [true],
      outcomes: ['done', 'done', 'done'],
    },
    batch: {
      nodes: [
        { ...split, id: 'first', wires: [['scope']] },
        scope('scope'),
        node('a', 'batch', { mode: 'count', count: 3, overlap: 0, interval: 10, topics: [], wires: [['b']] }),
        delay('b', 60),
      ],
      there: [true, true, true],
      outcomes: ['done', 'done', 'done'],
    },
    'link out and link in': {
      nodes: [
        scope('scope'),
        node('a', 'link out', { mode: 'link', links: ['b'], wires: [] }),
        node('b', 'link in', { links: ['a'], wires: [['c']] }),
        delay('c', 60),
      ],
      there: [true],
      outcomes: done,
    },
    'a link call in the body': {
      nodes: [
        scope('scope'),
        node('a', 'link call', { links: ['b'], linkType: 'static', timeout: '30', wires: [['d']] }),
        node('b', 'link in', { links: [], wires: [['c']] }),
        delay('c', 40, ['r']),
        node('r', 'link out', { mode: 'return', links: [], wires: [] }),
        delay('d', 40),
      ],
      there: [true],
      outcomes: done,
    },
    'a scope in what a link call calls, on through the answer': {
      nodes: [
        node('first', 'link call', { links: ['b'], linkType: 'static', timeout: '30', wires: [['d']] }),
        node('b', 'link in', { links: [], wires: [['scope']] }),
        scope('scope', { wires: [['r'], []] }),
        node('r', 'link out', { mode: 'return', links: [], wires: [] }),
        delay('d', 60),
      ],
      there: [true],
      outcomes: done,
    },
    'a link call that nobody answers': {
      nodes: [
        scope('scope', { timeoutMs: 300 }),
        node('a', 'link call', { links: ['b'], linkType: 'static', timeout: '30' }),
        node('b', 'link in', { links: [], wires: [[]] }),
      ],
      there: [],
      outcomes: ['timeout'],
    },
    'a subflow': {
      nodes: [scope('scope'), node('a', 'subflow:passing', { wires: [['b']] }), delay('b', 40)],
      there: [true],
      outcomes: done,
    },
    'a scope in a scope': {
      nodes: [
        scope('scope', { wires: [['inner'], []] }),
        scope('inner', { property: 'inside', wires: [['b'], ['c']] }),
        delay('b', 40, ['d']),
        func('d', 'return null;'),
        delay('c', 40),
      ],
      there: [true],
      outcomes: done,
    },
    'a lazy source in a scope': {
      nodes: [
        scope('scope'),
        node('a', 'memory-lazy', { source: 'array', from: 'payload', fromType: 'msg', wires: [['b'], []] }),
        delay('b', 30),
      ],
      there: [true, true, true],
      outcomes: done,
    },
    'a scope for each item of a lazy source': {
      nodes: [
        node('first', 'memory-lazy', {
          source: 'array',
          from: 'payload',
          fromType: 'msg',
          wires: [['scope'], []],
        }),
        scope('scope'),
        delay('a', 30),
      ],
      there: [true, true, true],
      outcomes: ['done', 'done', 'done'],
    },
    'a switch that sends it on': {
      nodes: [
        scope('scope'),
        node('a', 'switch', {
          ...{
            property: 'folder',
            propertyType: 'msg',
            rules: [{ t: 'nnull' }],
            checkall: 'true',
            outputs: 1,
          },
          wires: [['b']],
        }),
        delay('b', 40),
      ],
      there: [true],
      outcomes: done,
    },
    'a switch without a rule that fits': {
      nodes: [
        scope('scope'),
        node('a', 'switch', {
          ...{
            property: 'folder',
            propertyType: 'msg',
            rules: [{ t: 'null' }],
            checkall: 'true',
            outputs: 1,
          },
        }),
      ],
      there: [],
      outcomes: done,
    },
    exec: {
      nodes: [
        scope('scope'),
        node('a', 'exec', {
          ...{ command: 'sleep 0.1; ls -d', addpay: 'folder', append: '', useSpawn: 'false', timer: '' },
          ...{ oldrc: false, wires: [['check'], [], []] },
        }),
      ],
      there: [true],
      outcomes: done,
    },
    'a trigger, which is done at once': {
      nodes: [
        scope('scope'),
        node('a', 'trigger', {
          ...{
            op1: '',
            op1type: 'nul',
            op2: '',
            op2type: 'payl',
            duration: '80',
            extend: false,
            units: 'ms',
          },
          outputs: 1,
        }),
      ],
      there: [false],
      outcomes: done,
    },
    'a function that never calls done': {
      nodes: [scope('scope', { timeoutMs: 300 }), func('a', 'context.m = msg; if (0) node.done();')],
      there: [],
      outcomes: ['timeout'],
    },
  };
}

function rowFlow(row: Row, index: number): FlowNode[] {
  const own = (id: string): string => `r${index}-${id}`;
  const ids = new Set([...row.nodes.map(({ id }) => id), 'check']);
  const rename = (id: string): string => (ids.has(id) ? own(id) : id);
  return [
    ...row.nodes.map((each) => ({
      ...each,
      id: own(each.id),
      wires: (each.wires as string[][]).map((wires, port) =>
        port === 1 && wires.length === 0 ? ['end'] : wires.map(rename),
      ),
      ...(Array.isArray(each.links) && { links: each.links.map(rename) }),
      ...(Array.isArray(each.scope) && { scope: each.scope.map(rename) }),
    })),
    func(
      own('check'),
      'return { payload: [msg.folder].flat().every((path) => fs.existsSync(path)) };',
      ['end'],
      {
        libs: [{ var: 'fs', module: 'fs' }],
      },
    ),
  ] as FlowNode[];
}

describe('scopes in a running Node-RED', function () {
  this.timeout(90_000);
  let red: NodeRed | undefined;
  let folder: string;
  const running: NodeRed[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-scope-'));
  });

  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What scopes have in the folder now. */
  function temporaries(): string[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => /scope\.[^\\/]*[\\/]\d+/.test(name));
  }

  async function until(met: () => boolean | Promise<boolean>, what: string): Promise<void> {
    for (const late = Date.now() + 20_000; Date.now() < late; await pause(100)) {
      if (await met()) return;
    }
    assert.fail(`never came: ${what}\n${red?.log.slice(-10).join('\n')}`);
  }

  async function start(options: StartOptions): Promise<NodeRed> {
    const started = await startNodeRed(options);
    running.push(started);
    return started;
  }

  describe('last as long as their body does with', () => {
    const table = Object.entries(rows());
    let there: unknown[][];
    let outcomes: unknown[][];
    let left: string[];
    let fault: unknown;
    let unended = '';

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'headroom-scope-'));
      red = await start({
        observe: ['stats', ...table.flatMap((_row, index) => [`r${index}-scope`, `r${index}-check`])],
        flows: [
          { id: 'flow', type: 'tab', label: 'Scopes' },
          ...table.flatMap(([, row], index) =>
            rowFlow(row, index).map((each) => (each.type === 'memory-scope' ? { ...each, folder } : each)),
          ),
          { id: 'once', type: 'inject', ...AT, props: [], wires: [['fill']] },
          func(
            'fill',
            'msg.payload = [1, 2, 3]; return msg;',
            table.map(([, row], index) => `r${index}-${row.nodes[0]?.id}`),
          ),
          {
            ...{ id: 'passing', type: 'subflow', name: 'passing', in: [{ wires: [{ id: 'inner' }] }] },
            out: [{ wires: [{ id: 'inner', port: 0 }] }],
          },
          { id: 'inner', type: 'change', z: 'passing', rules: [], x: 1, y: 1, wires: [[]] },
          { id: 'ask', type: 'inject', ...AT, props: [], wires: [['stats']] },
          func('stats', 'return { payload: engine.ledger.live, fault: engine.ledger.lastFault };', ['end'], {
            libs: [{ var: 'engine', module: '@headroom/node-red-memory' }],
          }),
          { id: 'end', type: 'debug', ...AT, active: false, wires: [] },
        ],
      });
      const lively = red;
      await lively.inject('once');
      const open = (): string[] =>
        table.flatMap(([name, row], index) =>
          lively.messages(`r${index}-scope`, 1).length < row.outcomes.length ? [name] : [],
        );
      let asked = 0;
      await until(async () => {
        await lively.inject('ask');
        asked += 1;
        const answer = (await lively.untilMessages('stats', asked))[asked - 1];
        fault = answer?.fault;
        return answer?.payload === 0 && open().length === 0;
      }, 'the end of all bodies').catch((error) => {
        // Each row tells for itself.
        unended = `${error.message}\nopen: ${open().join(', ')}`;
      });
      there = table.map((_row, index) => lively.messages(`r${index}-check`).map(({ payload }) => payload));
      outcomes = table.map((_row, index) =>
        lively.messages(`r${index}-scope`, 1).map(({ payload }) => (payload as { outcome: string }).outcome),
      );
      left = temporaries();
    });

    for (const [index, [name, row]] of table.entries()) {
      it(name, () => {
        assert.deepEqual([there[index], outcomes[index]], [row.there, row.outcomes]);
      });
    }

    it('nothing left behind, and no fault in the ledger', () => {
      assert.equal(unended, '');
      assert.deepEqual([left, fault], [[], null]);
    });
  });

  const holding = (name: string): FlowNode[] => [
    { id: 'flow', type: 'tab', label: 'Scopes' },
    { id: 'go', type: 'inject', ...AT, props: [], wires: [['folder', 'file', 'permit', 'budget']] },
    scope('folder', { name, folder, wires: [['wait'], ['end']] }),
    scope('file', { name, folder, resource: 'temp-file', property: 'file', wires: [['wait'], ['end']] }),
    scope('permit', {
      name,
      resource: 'permit',
      permit: 'held',
      count: 1,
      property: '',
      wires: [['wait'], ['end']],
    }),
    scope('budget', {
      name,
      resource: 'budget',
      budgetBytes: 1024,
      property: '',
      wires: [['wait'], ['end']],
    }),
    { ...delay('wait', 3_600_000, []), name },
    { id: 'end', type: 'debug', ...AT, active: false, wires: [] },
  ];

  it('leave nothing behind when Node-RED is killed and started again', async () => {
    red = await start({ flows: holding('killed') });
    const killed = red;
    await killed.inject('go');
    await until(() => temporaries().length === 2, 'two temporary files');
    const exit = once(killed.child, 'exit');
    killed.child.kill('SIGKILL');
    await exit;
    await killed.stop();
    assert.equal(temporaries().length, 2);

    red = await start({ flows: holding('next') });
    await until(() => temporaries().length === 0, 'the leftovers removed');
    await until(
      () => /2 temporary files of a Node-RED that is gone/.test(red?.log.join('\n') ?? ''),
      'the log line',
    );
    await red.inject('go');
    await until(() => temporaries().length === 2, 'its own temporary files');

    // Another one that starts beside it leaves them alone.
    const other = await start({ flows: holding('other') });
    await other.inject('go');
    await until(() => temporaries().length === 4, 'files of both');
    await other.stop();
    assert.equal(temporaries().length, 2);
    await red.stop();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('give back everything at each of twenty deploys, and keep no handle, listener or hook', async () => {
    red = await start({ flows: holding('0'), observe: ['folder', 'file', 'permit', 'budget'] });
    const lively = red;
    type Resources = { active: Record<string, number>; listeners: object; hooks: string[] };
    await lively.deploy(holding('1'), 'nodes');
    const before = await lively.ask<Resources>('resources');
    for (let round = 2; round < 22; round += 1) {
      await lively.inject('go');
      await lively.inject('go');
      await until(() => temporaries().length === 4, `bodies of round ${round}`);
      await lively.untilMessages('permit', round - 1);
      await lively.deploy(holding(String(round)), 'nodes');
      assert.deepEqual(temporaries(), [], `round ${round}`);
    }
    // The hooks go one sweep after the last body.
    await until(async () => (await lively.ask<Resources>('resources')).hooks.length === 0, 'no hook');
    const { active, listeners } = await lively.ask<Resources>('resources');
    for (const [what, count] of Object.entries(active)) {
      assert.ok(count <= (before.active[what] ?? 0) + 2, `${what}: ${count}, before ${before.active[what]}`);
    }
    assert.deepEqual(listeners, before.listeners);
    const stopped = (id: string): unknown[] =>
      lively.messages(id, 1).map(({ payload }) => (payload as { outcome: string }).outcome);
    assert.deepEqual(stopped('folder'), Array(40).fill('stopped'));
    // One held the permit, and one waited for it and was told.
    assert.deepEqual(stopped('permit'), Array(20).fill('stopped'));
    assert.equal(lively.log.filter((line) => /stopped while this message waited/.test(line)).length, 20);
  });
});
