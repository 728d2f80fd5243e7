import { at, gate, sink, source, TAB, type Workload } from './workload';

/** Readings of 16 KB. */
export const READING = 'return { payload: Array.from({ length: 2000 }, (_, i) => n + i + 0.5) };';

/** 500 readings a second, for a database that takes 100: a delay node holds what waits, as many as come. */
export const slowConsumer: Workload = {
  name: '500 readings a second, the consumer takes 100',
  ours: 'leak-watch as a gate before it, dropping',
  heapMb: 128,
  containerMb: 320,
  flows: ({ ours, lastsMs }) => [
    TAB,
    source('source', { perSecond: 500, lastsMs, make: READING }, [ours ? 'gate' : 'limit']),
    ...(ours ? gate('limit') : []),
    {
      ...{ ...at, id: 'limit', type: 'delay', pauseType: 'rate', rate: '100', nbRateUnits: '1' },
      ...{ rateUnits: 'second', timeout: '1', timeoutUnits: 'seconds', drop: false, outputs: 1 },
      wires: [['sink']],
    },
    sink('sink'),
  ],
};
