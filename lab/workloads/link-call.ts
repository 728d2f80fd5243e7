import { at, fn, gate, sink, source, TAB, type Workload } from './workload';

/** A picture as base64 text, 200 KB. */
const PICTURE = "return { n, payload: Buffer.alloc(150000, n).toString('base64') };";
const SERVICE = 'return msg.n % 4 === 0 ? null : msg;';

/** A service that forgets each fourth caller. The link call holds those until its timeout, 30 s as it comes. */
export const linkCall: Workload = {
  name: 'a link-call service, 100 pictures a second, one in four never answered',
  ours: 'leak-watch as a gate before it, diverting to "busy"',
  heapMb: 128,
  containerMb: 320,
  flows: ({ ours, lastsMs }) => [
    TAB,
    source('source', { perSecond: 100, lastsMs, make: PICTURE }, [ours ? 'gate' : 'call']),
    ...(ours ? gate('call', ['busy']) : []),
    fn('busy', "return { payload: 'busy' };", [['end']]),
    {
      ...at,
      id: 'call',
      type: 'link call',
      links: ['in'],
      linkType: 'static',
      timeout: '30',
      wires: [['sink']],
    },
    { ...at, id: 'in', type: 'link in', links: [], wires: [['service']] },
    fn('service', SERVICE, [['return']]),
    { ...at, id: 'return', type: 'link out', mode: 'return', links: [], wires: [] },
    fn('end', 'return null;', [[]]),
    sink('sink'),
  ],
};
