import { after, at, code, flow, join_, keep, type LeakingFlow, native, pump, push } from './build';
import { HOLDOUT_FLOWS } from './holdout-flows';
import { STRANGER_FLOWS } from './stranger-flows';

export { LEAKY_NODES, type LeakingFlow } from './build';

/** Each leaks by another way. What is kept was made by another node wherever it can be. */
export const LEAKING_FLOWS: LeakingFlow[] = [
  flow('node context of a function, kept from messages', [...pump(), keep(push), ...after()], {
    quick: true,
  }),
  flow('flow context', [
    ...pump(),
    keep("const all = flow.get('history') || []; all.push(msg.payload); flow.set('history', all);"),
    code('after', "msg.count = (flow.get('history') || []).length; return msg;", [[]]),
  ]),
  flow('global context, a key per message', [
    ...pump(),
    keep("global.set('reading_' + msg.n, msg.payload);"),
    ...after(),
  ]),
  flow('closures in a function node', [
    ...pump(),
    keep(
      "const jobs = context.get('jobs') || []; const data = msg.payload; jobs.push(() => data.length); context.set('jobs', jobs);",
    ),
    ...after(),
  ]),
  flow('rows that a function makes and keeps', [
    ...pump('text'),
    keep(
      "const rows = context.get('rows') || []; rows.push(Array.from({ length: 200 }, (_, i) => ({ i, at: Date.now() }))); context.set('rows', rows);",
    ),
    ...after(),
  ]),
  flow('a cache in the setup code of a function', [
    ...pump(),
    keep('cache.set(msg.n, msg.payload);', { initialize: 'globalThis.cache = new Map();' }),
    ...after(),
  ]),
  flow('a closure made by setup code', [
    ...pump(),
    keep("context.get('remember')(msg.payload);", {
      initialize: "const all = []; context.set('remember', (value) => all.push(value));",
    }),
    ...after(),
  ]),
  flow('a timer per message in a function node', [
    ...pump(),
    keep('setTimeout(() => node.warn(msg.payload.length), 3600000);'),
    ...after(),
  ]),
  flow('listeners added by a function node', [
    ...pump(),
    keep(
      "const bus = global.get('bus') || new events.EventEmitter().setMaxListeners(0); global.set('bus', bus); bus.on('tick', () => msg.payload.length);",
      {
        libs: [{ var: 'events', module: 'events' }],
      },
    ),
    ...after(),
  ]),
  flow('a promise that never settles', [
    ...pump(),
    code('culprit', 'await new Promise((resolve) => { setTimeout(resolve, 3600000); });\nreturn msg;', [
      ['after'],
    ]),
    ...after(),
  ]),
  flow('messages chained by msg.previous', [
    ...pump(),
    keep("msg.previous = context.get('previous'); context.set('previous', msg);\nmsg = { payload: msg.n };"),
    ...after(),
  ]),
  flow('a text that grows', [
    ...pump('text'),
    keep("context.set('log', (context.get('log') || '') + msg.payload);"),
    ...after(),
  ]),
  flow('texts in a Set of a function', [
    ...pump('text'),
    keep('lines.add(msg.payload);', { initialize: 'globalThis.lines = new Set();' }),
    ...after(),
  ]),
  flow('a change node that appends to flow context', [
    ...pump(),
    native('change', {
      rules: [
        {
          t: 'set',
          p: 'log',
          pt: 'flow',
          to: '$append($flowContext("log"), [{"rows": payload}])',
          tot: 'jsonata',
        },
      ],
    }),
    ...after(),
  ]),
  flow('a change node that stores a key per topic', [
    ...pump(),
    native('change', { rules: [{ t: 'set', p: 'last[msg.topic]', pt: 'flow', to: 'payload', tot: 'msg' }] }),
    code('first', "flow.set('last', {});", [], { initialize: "flow.set('last', {});" }),
    ...after(),
  ]),
  flow(
    'a join that never completes',
    [...pump(), native('join', { ...join_, count: '1000000' }), ...after()],
    { quick: true },
  ),
  flow('a join of objects without an end', [
    ...pump(),
    native('join', { ...join_, build: 'object', count: '', timeout: '' }),
    ...after(),
  ]),
  flow('a batch without an end', [
    ...pump(),
    native('batch', { mode: 'count', count: '1000000', overlap: 0, interval: 10, topics: [] }),
    ...after(),
  ]),
  flow('a delay that hoards', [
    ...pump(),
    native('delay', {
      pauseType: 'rate',
      rate: '1',
      nbRateUnits: '1',
      rateUnits: 'minute',
      drop: false,
      outputs: 1,
    }),
    ...after(),
  ]),
  flow('a trigger per topic that waits', [
    ...pump(),
    native('trigger', {
      op1: '',
      op1type: 'nul',
      op2: '',
      op2type: 'payl',
      duration: '1',
      units: 'hr',
      bytopic: 'topic',
      topic: 'topic',
      outputs: 1,
    }),
    ...after(),
  ]),
  flow('a filter that remembers each topic', [
    ...pump(),
    native('rbe', { func: 'rbe', septopics: true, property: 'payload', topi: 'topic', inout: 'out' }),
    ...after(),
  ]),
  flow(
    'a link call without an answer',
    [
      ...pump(),
      native('link call', { links: ['service'], linkType: 'static', timeout: '3600' }),
      { ...at, id: 'service', type: 'link in', name: '', links: [], wires: [['lost']] },
      code('lost', 'return null;', [[]]),
      ...after(),
    ],
    { quick: true },
  ),
  flow(
    'http requests without a response',
    [
      native('http in', { url: '/leak', method: 'post', upload: false }, [['after']]),
      code('after', 'msg.seen = true; return msg;', [[]]),
    ],
    { begin: { requests: 150, path: '/leak' }, quick: true },
  ),
  flow(
    'http requests that are wired to nothing',
    [
      native('http in', { url: '/lost', method: 'post', upload: false }, [[]]),
      { ...native('http in', { url: '/other', method: 'post', upload: false }, [[]]), id: 'other' },
    ],
    { begin: { requests: 150, path: '/lost' } },
  ),
  flow('Buffers kept from messages', [...pump('buffer'), keep(push), ...after()], { quick: true }),
  flow('Buffers that a function makes and keeps', [
    ...pump('objects'),
    keep(
      "const frame = Buffer.alloc(20000); const all = context.get('all') || []; all.push(() => frame); context.set('all', all);",
    ),
    ...after(),
  ]),
  flow('a Map in a native node', [...pump(), native('leaky', { way: 'property' }), ...after()], {
    quick: true,
  }),
  flow('Buffers in a Map of a native node', [
    ...pump('buffer'),
    native('leaky', { way: 'property' }),
    ...after(),
  ]),
  flow('a variable of a native node', [...pump(), native('leaky', { way: 'closure' }), ...after()]),
  flow("a variable of a native node's file, beside an idle node of the type", [
    ...pump(),
    { ...native('leaky', { way: 'module' }, [[]]), id: 'idle' },
    native('leaky', { way: 'module' }),
    ...after(),
  ]),
  flow("a static of a native node's class", [...pump(), native('leaky', { way: 'static' }), ...after()]),
  flow('listeners added by a native node', [...pump(), native('leaky', { way: 'listener' }), ...after()]),
  flow('a timer per message in a native node', [...pump(), native('leaky', { way: 'timer' }), ...after()]),
  flow('the history of a dashboard chart', [...pump(), native('leaky-chart', {}), ...after()], {
    quick: true,
  }),
  flow('rows made in a callback of a native node', [
    ...pump('text'),
    native('leaky-reader', { active: true }, [[]]),
    { ...native('leaky-reader', { active: false }, [[]]), id: 'other' },
    code('after', 'return msg;', [['other']]),
  ]),
  flow(
    'the output of a program that never ends',
    [
      ...pump('text'),
      native(
        'exec',
        {
          command: 'sh -c \'while :; do head -c 65536 /dev/zero | tr "\\0" x; sleep 0.02; done\'',
          addpay: '',
          append: '',
          useSpawn: 'false',
          timer: '',
          winHide: false,
          oldrc: false,
        },
        [['after'], [], []],
      ),
      ...after(),
    ].map((node) =>
      node.id === 'pump'
        ? code(
            'pump',
            "node.send({ payload: '' }); await new Promise((resolve) => setTimeout(resolve, 2500)); node.status({ text: 'done' });",
            [['culprit']],
          )
        : node,
    ),
  ),
  flow(
    'a function inside one of two instances of a subflow',
    [
      {
        id: 'sub',
        type: 'subflow',
        name: 'Filter',
        info: '',
        in: [{ x: 1, y: 1, wires: [{ id: 'inner' }] }],
        out: [{ x: 2, y: 1, wires: [{ id: 'inner', port: 0 }] }],
      },
      { ...code('inner', `if (msg.payload.length) { ${push} }\nreturn msg;`, [[]]), z: 'sub' },
      ...pump('objects', 'leaky'),
      { ...at, id: 'leaky', type: 'subflow:sub', name: '', wires: [['small']] },
      code('small', 'return { payload: 1 };', [['sound']]),
      { ...at, id: 'sound', type: 'subflow:sub', name: '', wires: [['after']] },
      ...after(),
    ],
    { culprit: 'leaky-inner', where: 'Leak / Filter', quick: true },
  ),
  ...STRANGER_FLOWS,
  ...HOLDOUT_FLOWS,
];
