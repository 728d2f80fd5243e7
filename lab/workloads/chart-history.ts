import { at, fn, sink, source, TAB, type Workload } from './workload';

const SENSORS = 50;
/** A day at one sample every 5 s. */
const A_DAY = 17_280;
const SAMPLES = `
  const payload = Array.from({ length: 1000 }, (_, i) => ({ time: 1.7e12 + (n * 1000 + i) * 1000, value: Math.sin(i + n) }));
  return { topic: 'sensor ' + (n % ${SENSORS}), payload };`;
const STORE = `
  const history = flow.get('history') ?? {};
  const line = (history[msg.topic] ??= []);
  for (const { time, value } of msg.payload) line.push({ x: time, y: value });
  if (line.length > ${A_DAY}) line.splice(0, line.length - ${A_DAY});
  flow.set('history', history);
  return null;`;
const DRAW = `
  const history = flow.get('history') ?? {};
  msg.payload = [{ series: Object.keys(history), data: Object.values(history), labels: [''] }];
  return msg;`;
/** What a dashboard does with it: text for the browser. */
const SHOW = 'msg.payload = JSON.stringify(msg.payload).length; return msg;';

/** The last day of 50 sensors, sent to two charts once a second while it fills up. */
export const chartHistory: Workload = {
  name: 'a day of 50 sensors for two charts, one refresh a second',
  ours: 'memory-ring in place of arrays in flow context',
  heapMb: 160,
  containerMb: 384,
  flows: ({ ours, lastsMs }) => [
    TAB,
    source('samples', { perSecond: 80, lastsMs, make: SAMPLES, told: false }, [ours ? 'ring' : 'store']),
    source('refresh', { perSecond: 1, lastsMs, make: "return { control: 'get' };" }, [
      ours ? 'ring' : 'draw',
    ]),
    ...(ours
      ? [
          {
            ...{ ...at, id: 'ring', type: 'memory-ring', capacity: A_DAY, fields: ['value'], emit: 'none' },
            ...{ format: 'chart', downsample: 200, wires: [['left', 'right'], []] },
          },
        ]
      : [fn('store', STORE, [[]]), fn('draw', DRAW, [['left', 'right']])]),
    fn('left', SHOW, [['sink']]),
    fn('right', SHOW, [['end']]),
    fn('end', 'return null;', [[]]),
    sink('sink'),
  ],
};
