import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, fn, sink, source, TAB, type Workload } from './workload';

const SCRIPT = 'headroom-leaky.py';
const PER_SECOND = 50;
const LEAKY = `import time
kept = []
while True:
    kept.append(b'x' * 400_000)  # 20 MB a second that nobody gives back
    print(int(time.time() * 1000), flush=True)
    time.sleep(${1 / PER_SECOND})
`;
const LINES = `
  for (const line of String(msg.payload).trim().split('\\n')) node.send({ sentAt: Number(line) });
  return null;`;
const ENDED = `
  const ends = context.get('ends') ?? { 'killed by the kernel': 0, 'told to end': 0 };
  ends[msg.payload.signal === 'SIGTERM' || msg.payload.code === 143 ? 'told to end' : 'killed by the kernel'] += 1;
  context.set('ends', ends);
  node.status({ text: JSON.stringify({ events: ends }) });
  return { payload: '' };`;

/** A script that an exec node runs and starts again when it has ended. */
export const python: Workload = {
  name: `a Python script by exec, ${PER_SECOND} readings a second, leaks 20 MB a second`,
  ours: 'memory-sample of it, leak-watch, SIGTERM and a new start',
  heapMb: 128,
  containerMb: 384,
  needsContainer: true,
  prepare: (folder) => writeFileSync(join(folder, SCRIPT), LEAKY),
  flows: ({ ours, lastsMs, folder }) => [
    TAB,
    // Readings due, whether or not the script is there to make them.
    source('due', { perSecond: PER_SECOND, lastsMs, make: 'return {};' }, ['end']),
    { ...at, id: 'go', type: 'inject', once: true, onceDelay: 0.1, repeat: '', props: [], wires: [['run']] },
    {
      ...{
        ...at,
        id: 'run',
        type: 'exec',
        command: `python3 -u ${join(folder, SCRIPT)}`,
        addpay: '',
        append: '',
      },
      ...{ useSpawn: 'true', timer: '', oldrc: false, wires: [['lines'], [], ['ended']] },
    },
    fn('lines', LINES, [['sink']]),
    fn('ended', ENDED, [['again']]),
    {
      ...{ ...at, id: 'again', type: 'delay', pauseType: 'delay', timeout: '1', timeoutUnits: 'seconds' },
      ...{ rate: '1', nbRateUnits: '1', rateUnits: 'second', drop: false, outputs: 1, wires: [['run']] },
    },
    ...(ours
      ? [
          {
            ...{
              ...at,
              id: 'sample',
              type: 'memory-sample',
              intervalMs: 250,
              target: 'name',
              targetValue: SCRIPT,
            },
            ...{ include: [], wires: [['watch']] },
          },
          {
            ...{ ...at, id: 'watch', type: 'leak-watch', source: 'message', key: 'payload.name' },
            ...{ limitBytes: '150 MB', sensitivity: 'high', wires: [[], [], ['leaking']] },
          },
          fn(
            'leaking',
            `if (msg.payload.state !== 'leaking') return null;
             return [{ kill: 'SIGTERM' }, { control: 'reset', payload: { name: msg.topic } }];`,
            [['run'], ['watch']],
          ),
        ]
      : []),
    fn('end', 'return null;', [[]]),
    sink('sink'),
  ],
};
