import type { FlowNode } from '../tools/node-red/start';

/** Weeks of samples in a minute: each tick of the load is this much later for what reads a time from messages. */
const TICK_IS_MS = 10 * 60_000;

const LOAD = `
const n = (flow.get('n') || 0) + 1;
flow.set('n', n);
const value = Math.sin(n / 50) * 10 + (n % 7);
return { topic: 'sensor ' + (n % 20), time: ${Date.UTC(2026, 0, 1)} + n * ${TICK_IS_MS},
  payload: { value, rss: 60e6 + value * 1e5, time: ${Date.UTC(2026, 0, 1)} + n * ${TICK_IS_MS} },
  frame: Buffer.alloc(8192, n), list: [1, 2, 3, 4], record: { ts: n, value } };
`;

/**
 * Every node of the package under one load, 25 messages a second each: windows, tables, pools, scopes, streams,
 * watches. `round` changes what a deploy has to restart.
 */
export function soakFlow(round: number): FlowNode[] {
  const z = 'soak';
  let y = 0;
  const node = (id: string, type: string, wires: string[][], more: object = {}): FlowNode => {
    y += 40;
    return { id, type, z, name: `${id} ${round % 3}`, x: 300, y, wires, ...more };
  };
  return [
    { id: z, type: 'tab', label: 'Soak' },
    { id: 'a-pool', type: 'memory-pool', name: 'frames', capacityBytes: 1_048_576 },
    node('tick', 'inject', [['load']], { props: [], repeat: '0.04', once: true, onceDelay: 0.1 }),
    node(
      'load',
      'function',
      [['watch', 'ring', 'tally', 'size', 'lease', 'pack', 'folder', 'permit', 'lazy', 'sample']],
      { func: LOAD, outputs: 1, libs: [] },
    ),
    node('watch', 'leak-watch', [['end'], ['end'], ['end']], {
      source: 'message',
      value: 'payload.rss',
      time: 'payload.time',
      limitBytes: 2e8,
      whenLeaking: 'queue',
    }),
    node('watch self', 'leak-watch', [['end'], ['end'], ['end']], {
      source: 'self',
      whenLeaking: 'drop',
      profileOnSuspect: true,
    }),
    node('ring', 'memory-ring', [['end']], {
      capacity: 200,
      fields: ['value'],
      emit: 'stats',
      time: 'time',
      persist: 'soak-ring',
      persistEveryMs: 1_000,
    }),
    node('tally', 'memory-tally', [['end'], ['end']], {
      capacity: 10,
      operation: 'mean',
      value: 'payload.value',
      persist: 'soak-tally',
      persistEveryMs: 1_000,
    }),
    node('size', 'memory-size', [['end'], ['end']], { limitBytes: 1_024 }),
    node('lease', 'memory-lease', [['later']], { pool: 'a-pool', mode: 'copy', property: 'frame' }),
    node('later', 'delay', [['return']], {
      pauseType: 'delay',
      timeout: '0.1',
      timeoutUnits: 'seconds',
      outputs: 1,
    }),
    node('return', 'memory-return', [['end']], { pool: 'a-pool', property: 'frame' }),
    node('pack', 'memory-pack', [['unpack']], {
      direction: 'pack',
      property: 'record',
      schema: [
        { name: 'ts', type: 'f64' },
        { name: 'value', type: 'f64' },
      ],
      batchRecords: 10,
    }),
    node('unpack', 'memory-pack', [['end']], { direction: 'unpack', property: 'record' }),
    node('folder', 'memory-scope', [['write'], ['end']], {
      resource: 'temp-folder',
      property: 'folder',
      timeoutMs: 5_000,
    }),
    node('write', 'function', [['end']], {
      func: "fs.writeFileSync(msg.folder + '/a', 'x'); return msg;",
      outputs: 1,
      libs: [{ var: 'fs', module: 'fs' }],
    }),
    node('permit', 'memory-scope', [['later 2'], ['end']], {
      resource: 'permit',
      permit: 'soak',
      count: 5,
      maxWaiting: 20,
      timeoutMs: 5_000,
    }),
    node('later 2', 'delay', [['end']], {
      pauseType: 'delay',
      timeout: '0.1',
      timeoutUnits: 'seconds',
      outputs: 1,
    }),
    node('lazy', 'memory-lazy', [['end'], ['end']], {
      source: 'array',
      from: 'list',
      fromType: 'msg',
      window: 2,
      maxWaiting: 50,
    }),
    node('sample', 'memory-sample', [['end']], {
      intervalMs: 1_000,
      include: ['spaces', 'container', 'system', 'pressure', 'pools'],
    }),
    node('second', 'inject', [['census', 'gc', 'profile']], { props: [], repeat: '1', once: false }),
    node('census', 'memory-census', [['end']], { what: ['in-flight', 'contexts'] }),
    node('gc', 'memory-gc', [['end']], { kind: 'minor', minIntervalMs: 0 }),
    node('profile', 'memory-profile', [['end']], { mode: 'allocated', durationMs: 500 }),
    node('tune', 'memory-tune', [['end']], { profile: 'govern' }),
    node('box', 'memory-blackbox', [['end'], ['end']], { file: 'soak.ring', intervalMs: 1_000 }),
    node('metrics', 'memory-metrics', [], { path: '/soak-metrics', root: 'node' }),
    node('catch', 'catch', [['end']], { scope: null, uncaught: false }),
    node('end', 'function', [[]], { func: 'return null;', outputs: 0, libs: [] }),
  ];
}
