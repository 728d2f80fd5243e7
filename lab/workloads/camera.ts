import type { FlowNode } from '../../tools/node-red/start';
import { at, fn, sink, source, TAB, type Workload } from './workload';

const FRAME_BYTES = 1_048_576;
const FILL =
  'for (let at = 0; at < frame.length; at += 64) frame.writeUInt32LE((msg.n * (at + 1)) >>> 0, at);';

const BRIGHTNESS = `
  let sum = 0;
  for (let at = 0; at < msg.payload.length; at += 64) sum += msg.payload[at];
  return { payload: sum };`;

/** What takes 2 s for each frame. */
function slow(id: string, next: string): FlowNode {
  return {
    ...{ ...at, id, type: 'delay', pauseType: 'delay', timeout: '2', timeoutUnits: 'seconds', outputs: 1 },
    ...{ rate: '1', nbRateUnits: '1', rateUnits: 'second', drop: false, wires: [[next]] },
  };
}

/** Frames of 1 MB for four branches, three of them slow. The branches share a frame; each is a new one. */
export const camera: Workload = {
  name: '20 camera frames of 1 MB a second, four branches',
  ours: 'memory-lease from a memory-pool',
  heapMb: 128,
  containerMb: 176,
  flows: ({ ours, lastsMs }) => [
    TAB,
    source('source', { perSecond: 20, lastsMs, make: 'return { n };' }, [ours ? 'lease' : 'camera']),
    ...(ours
      ? [
          {
            id: 'pool',
            type: 'memory-pool',
            name: 'frames',
            maxBytes: FRAME_BYTES,
            capacityBytes: 64 * FRAME_BYTES,
          },
          {
            ...{ ...at, id: 'lease', type: 'memory-lease', pool: 'pool', mode: 'empty' },
            ...{ size: String(FRAME_BYTES), sizeType: 'num', property: 'payload', wires: [['camera']] },
          },
        ]
      : []),
    fn(
      'camera',
      `const frame = ${ours ? 'msg.payload' : `Buffer.alloc(${FRAME_BYTES})`}; ${FILL} msg.payload = frame; return msg;`,
      [['bright', 'upload', 'archive', 'recognise']],
    ),
    fn('bright', BRIGHTNESS, [['end']]),
    slow('upload', 'sink'),
    slow('archive', 'end'),
    slow('recognise', 'end'),
    fn('end', 'return null;', [[]]),
    sink('sink'),
  ],
};
