import type { FlowNode } from '../../tools/node-red/start';

/** Messages by which the live set of the flow below is complete. */
export const GROWN_AFTER = 110;

const MB = 1_048_576;
/** What one of the records below takes in V8's heap. */
const RECORD_BYTES = 252;

const GROW = `
const state = flow.get('state') ?? { n: 0, live: [], recent: [] };
if (state.n === 0) flow.set('state', state);
state.n += 1;
if (state.n <= ${GROWN_AFTER}) {
  const rows = [];
  for (let i = 0; i < RECORDS; i += 1) {
    const id = state.n * 100000 + i;
    rows.push({ id, topic: 'plant/line/' + (id % 97), value: id * 1.5, at: Date.now(), tags: ['a' + id, 'b' + (id % 7)] });
  }
  state.live.push(rows);
}
return msg;`;

const CHURN = `
const state = flow.get('state');
const rows = state.live[state.n % state.live.length];
const texts = [];
for (let k = 0; k < 12; k += 1) texts.push(JSON.stringify(rows.slice(k * 50, k * 50 + 2500)));
const parsed = texts.slice(0, 2).map((text) => JSON.parse(text));
msg.payload = parsed;
state.recent.push(parsed, texts);
while (state.recent.length > 2 * KEPT) state.recent.shift();
return msg;`;

const COUNT = `
const n = (context.get('n') ?? 0) + 1;
context.set('n', n);
if (n % 10 === 0) node.status({ text: String(n) });`;

/**
 * A flow whose live set grows to some 80 MB in 110 messages, 20 a second, and that makes and drops 4 MB of
 * texts and objects with each message; they live on for `kept` messages. The status of the node `count` tells how
 * many came through.
 */
export function growingFlow({ liveBytes = 68 * MB, kept = 3 } = {}): FlowNode[] {
  const records = Math.round(liveBytes / GROWN_AFTER / RECORD_BYTES);
  const common = { z: 'load', x: 1, y: 1 };
  const code = { ...common, type: 'function', outputs: 1, libs: [], initialize: '', finalize: '' };
  return [
    { id: 'load', type: 'tab', label: 'load' },
    {
      ...common,
      id: 'tick',
      type: 'inject',
      props: [{ p: 'payload' }],
      payload: '',
      payloadType: 'date',
      repeat: '0.05',
      once: true,
      onceDelay: 0.1,
      wires: [['grow']],
    },
    { ...code, id: 'grow', name: 'grow', func: GROW.replace('RECORDS', String(records)), wires: [['churn']] },
    { ...code, id: 'churn', name: 'churn', func: CHURN.replace('KEPT', String(kept)), wires: [['count']] },
    { ...code, id: 'count', name: 'count', func: COUNT, wires: [[]] },
  ];
}
