import type { FlowNode } from '../../../tools/node-red/start';
import { after, at, code, flow, join_, keep, type LeakingFlow, native, pump, push } from './build';

const subflow = (id: string, name: string, first: string): FlowNode => ({
  ...{ id, type: 'subflow', name, info: '' },
  in: [{ x: 1, y: 1, wires: [{ id: first }] }],
  out: [{ x: 2, y: 1, wires: [{ id: first, port: 0 }] }],
});

/** Written after those of `flows.ts`, to see whether the principles hold for what they were not made for. */
export const STRANGER_FLOWS: LeakingFlow[] = [
  flow('a Map deep in a value of flow context', [
    ...pump(),
    keep("flow.get('stats').by.topic.set(msg.topic, msg.payload);", {
      initialize: "flow.set('stats', { by: { topic: new Map() } });",
    }),
    ...after(),
  ]),
  flow('a list in functionGlobalContext', [
    ...pump(),
    keep("global.get('shared').rows.push(msg.payload);"),
    code('after', "msg.last = global.get('shared').rows.length; return msg;", [[]]),
  ]),
  flow(
    'a subflow inside a subflow',
    [
      subflow('outer', 'Line', 'nested'),
      { id: 'nested', type: 'subflow:inner', z: 'outer', x: 1, y: 1, name: '', wires: [[]] },
      subflow('inner', 'Station', 'deep'),
      { ...code('deep', `${push}\nreturn msg;`, [[]]), z: 'inner' },
      ...pump('objects', 'leaky'),
      { ...at, id: 'leaky', type: 'subflow:outer', name: '', wires: [['after']] },
      ...after(),
    ],
    { culprit: 'leaky-nested-deep', where: 'Leak / Line / Station' },
  ),
  flow('an interval in setup code that gathers', [
    ...pump('text', 'after'),
    code('culprit', 'return msg;', [[]], {
      initialize:
        'const all = []; globalThis.timer = setInterval(() => all.push(Array.from({ length: 200 }, (_, n) => ({ n, at: Math.random() }))), 2);',
      finalize: 'clearInterval(timer);',
    }),
    ...after(),
  ]),
  flow('a join whose sequences miss a part', [
    ...pump('objects', 'split'),
    {
      ...{ ...at, id: 'split', type: 'split', name: '', splt: '\\n', spltType: 'str', arraySplt: 1 },
      ...{ arraySpltType: 'len', stream: false, addname: '', wires: [['most']] },
    },
    code('most', 'if (msg.parts.index !== 0) return msg;', [['culprit']]),
    native('join', { mode: 'auto' }),
    ...after(),
  ]),
  flow('a delay that keeps the last message of each topic', [
    ...pump(),
    native('delay', {
      ...{ pauseType: 'queue', timeout: '5', timeoutUnits: 'seconds', rate: '1', nbRateUnits: '1' },
      ...{ rateUnits: 'day', drop: true, allowrate: false, outputs: 1 },
    }),
    ...after(),
  ]),
  flow('what a complete node hands to a function', [
    ...pump('objects', 'work'),
    code('work', 'return msg;', [[]]),
    { ...at, id: 'done', type: 'complete', name: '', scope: ['work'], uncaught: false, wires: [['culprit']] },
    keep('finished.push(msg);', { initialize: 'globalThis.finished = [];' }),
    ...after(),
  ]),
  flow('messages that failed, kept behind a catch node', [
    ...pump('objects', 'fails'),
    code('fails', "throw new Error('no');", [[]]),
    { ...at, id: 'caught', type: 'catch', name: '', scope: ['fails'], uncaught: false, wires: [['culprit']] },
    keep("flow.set('failed', (flow.get('failed') ?? []).concat([msg]));"),
    ...after(),
  ]),
  flow('a log that a function adds to with +=', [
    ...pump('text'),
    keep('log += JSON.stringify(msg.payload);', { initialize: "globalThis.log = '';" }),
    ...after(),
  ]),
  flow('what waits for a promise that never settles', [
    ...pump(),
    keep('ready.then(() => msg.payload.length);', {
      initialize: 'globalThis.ready = new Promise(() => {});',
    }),
    ...after(),
  ]),
  flow('a stream of a module that nobody reads', [
    ...pump(),
    keep('out.write(msg.payload);', {
      initialize: 'globalThis.out = new stream.PassThrough({ objectMode: true });',
      libs: [{ var: 'stream', module: 'stream' }],
    }),
    ...after(),
  ]),
  flow('a linked list in node context', [
    ...pump(),
    keep("context.set('head', { payload: msg.payload, next: context.get('head') });"),
    ...after(),
  ]),
  flow('a filter in deadband by topic', [
    ...pump(),
    native('rbe', { func: 'rbei', septopics: true, property: 'payload', topi: 'topic', inout: 'out' }),
    ...after(),
  ]),
  flow('a join by key that expects more', [
    ...pump(),
    native('join', { ...join_, build: 'object', count: '1000000', timeout: '' }),
    ...after(),
  ]),
  flow('listeners of a native node to Node-RED itself', [
    ...pump(),
    native('leaky', { way: 'events' }),
    ...after(),
  ]),
  flow('listeners of a native node to itself', [...pump(), native('leaky', { way: 'own' }), ...after()]),
  flow('a property under a symbol of a native node', [
    ...pump(),
    native('leaky', { way: 'symbol' }),
    ...after(),
  ]),
  flow("a list in another file of a native node's package", [
    ...pump(),
    native('leaky', { way: 'helper' }),
    ...after(),
  ]),
  flow('a pending request in a Map of a class of its own', [
    ...pump(),
    native('leaky', { way: 'class' }),
    ...after(),
  ]),
];
