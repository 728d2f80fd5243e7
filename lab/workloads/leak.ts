import { READING } from './slow-consumer';
import { fn, gate, sink, source, TAB, type Workload } from './workload';

/** A function that keeps each reading for good. No gate can give that memory back. */
export const leak: Workload = {
  name: '500 readings a second, a function keeps them all',
  ours: 'leak-watch as a gate before it, dropping',
  heapMb: 128,
  containerMb: 320,
  flows: ({ ours, lastsMs }) => [
    TAB,
    source('source', { perSecond: 500, lastsMs, make: READING }, [ours ? 'gate' : 'keep']),
    ...(ours ? gate('keep') : []),
    fn(
      'keep',
      "const kept = context.get('kept') ?? []; kept.push(msg); context.set('kept', kept); return msg;",
      [['sink']],
    ),
    sink('sink'),
  ],
};
