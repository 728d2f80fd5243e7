import assert from 'node:assert/strict';
import type { Collection, Tuning } from '../../src';
import { type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { type Cgroup, makeCgroup } from '../support/cgroup';
import { GROWN_AFTER, growingFlow } from '../support/growing-flow';

const MB = 1_048_576;
/** Without the node the flow below is killed here on every supported Node.js: bench/gc-survival.bench.ts. */
const LIMIT = 184 * MB;

describe('memory-gc and memory-tune in a real Node-RED', function () {
  this.timeout(180_000);
  let red: NodeRed | undefined;
  let cgroup: Cgroup | null = null;

  afterEach(async () => {
    await red?.stop();
    red = undefined;
    cgroup?.remove();
    cgroup = null;
  });

  it('a collection is had without a flag, and function nodes get no global gc', async () => {
    red = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'gc' },
        {
          id: 'in',
          type: 'inject',
          z: 'tab',
          x: 1,
          y: 1,
          props: [],
          once: false,
          repeat: '',
          wires: [['gc']],
        },
        { id: 'gc', type: 'memory-gc', z: 'tab', x: 1, y: 1, minIntervalMs: 0, wires: [['fn']] },
        {
          id: 'fn',
          type: 'function',
          z: 'tab',
          x: 1,
          y: 1,
          func: 'msg.gc = typeof gc; return msg;',
          outputs: 1,
          wires: [['end']],
        },
        { id: 'end', type: 'debug', z: 'tab', x: 1, y: 1, active: false, wires: [] },
      ],
      observe: ['fn'],
    });
    await red.inject('in');
    const [msg = {}] = await red.untilMessages('fn', 1);
    assert.equal((msg.payload as Collection).collected, true);
    assert.equal(msg.gc, 'undefined');
    assert.match(red.status('gc')?.text ?? '', /freed/);
  });

  it('with govern a flow lives in a container that V8 does not know of, held tight', async function () {
    cgroup = makeCgroup('govern-test', LIMIT);
    if (!cgroup) this.skip(); // not Linux, or not root
    red = await startNodeRed({
      flows: [
        ...growingFlow(),
        { id: 'tune', type: 'memory-tune', z: 'load', x: 1, y: 1, profile: 'govern', wires: [['end']] },
        { id: 'end', type: 'debug', z: 'load', x: 1, y: 1, active: false, wires: [] },
      ],
      observe: ['tune'],
      launcher: cgroup.launcher,
    });
    await red.until(
      (report) =>
        report.kind === 'status' && report.id === 'count' && Number(report.status.text) >= GROWN_AFTER + 90,
      150_000,
    );
    const last = red.messages('tune').at(-1)?.payload as Tuning;
    assert.equal(last.profile, 'govern');
    assert.notEqual(last.governor?.stance, 'relaxed');
    assert.ok((last.governor?.forcedPercent ?? 100) < 36);
    assert.match(last.nodeOptions, /--max-old-space-size=1\d\d --max-semi-space-size=2/);
    assert.match(red.status('tune')?.text ?? '', / of /);
  });
});
