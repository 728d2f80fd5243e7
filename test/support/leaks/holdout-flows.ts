import { after, at, code, flow, join_, keep, type LeakingFlow, native, pump } from './build';

/** Written by somebody who had not seen how nodes are found; nothing was changed for them but what a promise in context does. */
export const HOLDOUT_FLOWS: LeakingFlow[] = [
  flow('the series of a chart in flow context, with Dates', [
    ...pump(),
    keep(`const series = flow.get('series') || [{ series: ['A'], data: [[]], labels: [''] }];
series[0].data[0].push({ x: new Date(), y: msg.payload });
flow.set('series', series);`),
    ...after(),
  ]),
  flow('a Map as a cache, keyed by the time', [
    ...pump('text'),
    keep(`const cache = context.get('cache') || new Map();
context.set('cache', cache);
cache.set(Date.now() + '-' + msg.topic, { at: new Date(), ttl: 60000, answer: msg.payload });`),
    ...after(),
  ]),
  flow('jobs behind one that waits for a reply', [
    ...pump(),
    keep(`const job = async (m) => {
  await new Promise((resolve) => { flow.set('reply', resolve); });
  node.status({ text: 'wrote ' + m.payload.length });
};
context.chain = (context.chain || Promise.resolve()).then(() => job(msg));`),
    ...after(),
  ]),
  flow('a listener to close for each message', [
    ...pump(),
    keep(
      "const rows = msg.payload;\nnode.on('close', function () { node.log('flushing ' + rows.length); });",
    ),
    ...after(),
  ]),
  flow('a change node that appends in JSONata', [
    ...pump(),
    native('change', {
      rules: [
        {
          ...{ t: 'set', p: 'history', pt: 'flow', tot: 'jsonata' },
          to: '$append($flowContext("history"), {"t": $millis(), "topic": topic, "v": payload})',
        },
      ],
    }),
    ...after(),
  ]),
  flow('a link call to a flow that drops what it does not like', [
    ...pump('objects', 'prepare'),
    code('prepare', 'msg.started = Date.now(); return msg;', [['culprit', 'after']]),
    native('link call', { links: ['entry'], linkType: 'static', timeout: '3600' }),
    { ...at, id: 'entry', type: 'link in', name: 'check', links: [], wires: [['check']] },
    code('check', 'if (msg.payload.length > 1e6) return msg;', [['back']]),
    { ...at, id: 'back', type: 'link out', name: '', mode: 'return', links: [], wires: [] },
    ...after(),
  ]),
  flow('heads cut out of Buffers that stay whole', [
    ...pump('buffer'),
    keep(`const seen = global.get('headers') || {};
seen[msg.topic] = { at: Date.now(), header: msg.payload.subarray(0, 16) };
global.set('headers', seen);`),
    ...after(),
  ]),
  flow('listeners to an emitter that another node has made', [
    ...pump(),
    code('bus', 'return msg;', [[]], {
      initialize: "const bus = new events.EventEmitter(); bus.setMaxListeners(0); global.set('bus', bus);",
      libs: [{ var: 'events', module: 'events' }],
    }),
    keep(`global.get('bus').on('alarm', (alarm) => {
  if (alarm.topic === msg.topic) node.send({ topic: alarm.topic, payload: msg.payload });
});`),
    ...after(),
  ]),
  flow('a throttle with a timer for each topic', [
    ...pump(),
    keep(
      `const throttles = context.get('throttles');
throttles[msg.topic] ??= context.get('throttle')((m) => node.send([null, m]), 600000);
throttles[msg.topic](msg);`,
      {
        initialize: `function throttle(fn, ms) {
  let timer = null;
  let last;
  return (...args) => {
    last = args;
    timer ??= setTimeout(() => { timer = null; fn(...last); }, ms);
  };
}
context.set('throttle', throttle);
context.set('throttles', {});`,
      },
    ),
    ...after(),
  ]),
  flow('requests that wait for a reply, by number', [
    ...pump(),
    keep(`const waiting = context.get('waiting') || new Map();
context.set('waiting', waiting);
new Promise((resolve) => waiting.set(msg.n, resolve)).then((answer) => {
  node.send({ payload: msg.payload, answer });
});`),
    ...after(),
  ]),
  flow('a list, beside a promise in context that never settles', [
    ...pump(),
    keep(`if (!context.get('ready')) context.set('ready', new Promise(() => {}));
const rows = context.get('rows') || [];
rows.push(msg.payload);
context.set('rows', rows);`),
    ...after(),
  ]),
  flow('a join that waits for a part that a filter drops', [
    ...pump('objects', 'split'),
    {
      ...{ ...at, id: 'split', type: 'split', name: '', splt: '\\n', spltType: 'str', arraySplt: 1 },
      ...{ arraySpltType: 'len', stream: false, addname: '', wires: [['filter']] },
    },
    code('filter', 'if (msg.parts.index !== 2) return msg;', [['culprit', 'after']]),
    native('join', { ...join_, mode: 'auto', count: '', timeout: '' }),
    ...after(),
  ]),
];
