import { growingFlow } from '../../test/support/growing-flow';
import { sink, source, type Workload } from './workload';

/** The flow of bench/gc-survival: V8 takes its time with garbage, for it does not know of the container. */
export const smallContainer: Workload = {
  name: '80 MB alive, 4 MB of garbage with each of 10 messages a second',
  ours: 'memory-tune, govern',
  heapMb: null,
  containerMb: 184,
  needsContainer: true,
  flows: ({ ours, lastsMs }) => {
    const flow = growingFlow()
      .filter(({ id }) => id !== 'tick' && id !== 'count')
      .map((node) => (node.id === 'churn' ? { ...node, wires: [['sink']] } : node));
    const here = { z: 'load' };
    return [
      ...flow,
      { ...source('source', { perSecond: 10, lastsMs, make: 'return { payload: n };' }, ['grow']), ...here },
      { ...sink('sink'), ...here },
      ...(ours
        ? [{ ...here, x: 1, y: 1, id: 'tune', type: 'memory-tune', profile: 'govern', wires: [[]] }]
        : []),
    ];
  },
};
