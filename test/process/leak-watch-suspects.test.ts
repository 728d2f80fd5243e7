import assert from 'node:assert/strict';
import type { ProfiledNode, WatchReport } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

const at = { z: 'plant', x: 1, y: 1 };
const code = (id: string, func: string, to: string[], initialize = '', finalize = ''): FlowNode => ({
  ...{ ...at, id, type: 'function', name: `the ${id}`, outputs: 1, libs: [], timeout: 0, noerr: 0 },
  ...{ func, initialize, finalize, wires: [to] },
});

/** 300 readings a second, made anew by two nodes and kept by a third; beside it camera frames that nobody keeps. */
const FLOW: FlowNode[] = [
  { id: 'plant', type: 'tab', label: 'Plant' },
  code(
    'source',
    'return msg;',
    ['scale', 'camera'],
    `const timer = setInterval(() => {
      for (let i = 0; i < 30; i += 1)
        node.send({ first: i === 0, payload: Array.from({ length: 200 }, (_, n) => ({ n, value: Math.random() })) });
    }, 100);
    context.set('timer', timer);`,
    "clearInterval(context.get('timer'));",
  ),
  code('camera', 'if (msg.first) return { payload: Buffer.alloc(4000000, 1) };', ['count']),
  code('scale', 'return { payload: msg.payload.map((r) => ({ ...r, value: r.value * 2 })) };', ['culprit']),
  code('culprit', 'seen.add(msg.payload); return msg;', ['count'], 'globalThis.seen = new Set();'),
  code('count', "context.set('n', (context.get('n') || 0) + 1);", []),
  {
    ...{ ...at, id: 'watch', type: 'leak-watch', source: 'self', profileOnSuspect: true },
    ...{ whenLeaking: 'pass', wires: [[], [], ['verdicts']] },
  },
  { ...at, id: 'verdicts', type: 'debug', active: false, wires: [] },
];

describe('leak-watch that names nodes, in a real Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed;

  before(async () => {
    red = await startNodeRed({
      flows: FLOW,
      observe: ['watch'],
      nodeArgs: ['--max-old-space-size=256'],
    });
  });

  after(() => red?.stop());

  it('says with the name of the node that keeps messages that a fast leak is one, before it kills', async () => {
    const report = await red.until<Extract<(typeof red.reports)[number], { kind: 'message' }>>(
      (each) => each.kind === 'message' && suspectsIn(each.msg).length > 0,
      90_000,
    );
    const { state } = report.msg.payload as WatchReport;
    assert.ok(state === 'suspect' || state === 'leaking', state);
    const [first] = suspectsIn(report.msg);
    assert.deepEqual([first?.id, first?.name, first?.flow], ['culprit', 'the culprit', 'Plant']);
    await red.until((each) => each.kind === 'status' && / · the culprit/.test(each.status.text ?? ''));
    assert.equal(red.end, null);
  });
});

function suspectsIn({ payload }: { payload?: unknown }): ProfiledNode[] {
  return (payload as WatchReport).suspects as ProfiledNode[];
}
