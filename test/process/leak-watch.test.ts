import assert from 'node:assert/strict';
import type { WatchReport } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

const PER_SECOND = 200;
const HEAP_MB = 128;
/** A leak of 10 MB a second fills what a Node-RED of 128 MB has left within a third of this. */
const LIVES_MS = 30_000;

/** Constant load through a gate into a function that keeps 50 KB of every message. */
function leakingFlow(watch: Partial<FlowNode>): FlowNode[] {
  const z = 'tab';
  const load = `const timer = setInterval(() => {
    for (let i = 0; i < ${PER_SECOND / 10}; i += 1) node.send({ payload: i });
    context.set('sent', (context.get('sent') || 0) + ${PER_SECOND / 10});
  }, 100);
  context.set('timer', timer);`;
  // Told as status before the question follows all that was sent: so many the gate must have counted.
  const tell = "node.status({ text: String(context.get('sent')) }); return msg;";
  const leak = `const kept = context.get('kept') || [];
    kept.push(Array.from({ length: 6000 }, (_, i) => i + 0.5));
    context.set('kept', kept);
    return null;`;
  return [
    { id: 'tab', type: 'tab', label: 'survival' },
    {
      ...{ id: 'load', type: 'function', z, x: 1, y: 1, func: tell, outputs: 1 },
      ...{ initialize: load, finalize: "clearInterval(context.get('timer'));", wires: [['watch']] },
    },
    {
      ...{ id: 'watch', type: 'leak-watch', z, x: 2, y: 1, source: 'self', ...watch },
      wires: [['leak'], ['end'], ['end']],
    },
    { id: 'leak', type: 'function', z, x: 3, y: 1, func: leak, outputs: 1, wires: [[]] },
    { id: 'end', type: 'function', z, x: 3, y: 2, func: 'return null;', outputs: 1, wires: [[]] },
    {
      ...{ id: 'ask', type: 'inject', z, x: 1, y: 2, repeat: '', once: false },
      ...{ props: [{ p: 'control', v: 'status', vt: 'str' }], wires: [['load']] },
    },
  ];
}

describe('leak-watch in a real Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed | undefined;

  afterEach(async () => {
    await red?.stop();
    red = undefined;
  });

  async function start(watch: Partial<FlowNode>): Promise<NodeRed> {
    const nodeArgs = [`--max-old-space-size=${HEAP_MB}`];
    red = await startNodeRed({ flows: leakingFlow(watch), observe: ['watch', 'leak'], nodeArgs });
    return red;
  }

  /** Resolves with true when Node-RED died within the time, with false when it lives on. */
  async function dies(running: NodeRed, withinMs: number): Promise<boolean> {
    await running.until(() => false, withinMs).catch(() => {});
    return running.end !== null;
  }

  /** What V8 says when it gives up, rather than the stack behind it. */
  function lastWords({ log }: NodeRed): string {
    return log.filter((line) => /FATAL|Mark-|Scavenge/.test(line)).join('\n');
  }

  async function lastVerdict(running: NodeRed): Promise<WatchReport> {
    const before = running.messages('watch', 2).length;
    await running.inject('ask');
    const verdicts = await running.untilMessages('watch', before + 1, 10_000, 2);
    return verdicts.at(-1)?.payload as WatchReport;
  }

  it('a flow that leaks with each message dies without the gate', async () => {
    assert.equal(await dies(await start({ whenLeaking: 'pass' }), 60_000), true);
  });

  // A queue holds on to what it sheds, so its gate closes while there is still room for it.
  const sheds = { drop: {}, divert: {}, queue: { closeBelowPercent: 20, openAbovePercent: 30 } } as const;
  for (const whenLeaking of ['drop', 'divert', 'queue'] as const) {
    it(`the same flow lives on with ${whenLeaking}, and all that was shed is counted`, async () => {
      const running = await start({ whenLeaking, ...sheds[whenLeaking] });
      assert.equal(await dies(running, LIVES_MS), false, lastWords(running));
      const { gate, passed, diverted, dropped, queued } = await lastVerdict(running);
      assert.equal(gate, 'closed');
      const shed = diverted + dropped + queued;
      assert.ok(shed > PER_SECOND * 5, `${shed} messages shed`);
      assert.equal(whenLeaking === 'divert' ? diverted : shed, shed);
      assert.equal(passed + shed, Number(running.status('load')?.text));
      assert.equal(running.messages('watch', 0).length, passed);
      if (whenLeaking === 'divert') assert.ok(running.messages('watch', 1).length >= diverted);
    });
  }

  it('a full queue outlives a redeploy of the whole flow, in order', async () => {
    const z = 'tab';
    const control = (id: string, v: string): FlowNode => ({
      ...{ id, type: 'inject', z, x: 1, y: 1, repeat: '', once: false },
      ...{ props: [{ p: 'control', v, vt: 'str' }], wires: [['watch']] },
    });
    const send = "for (let n = 0; n < 500; n += 1) node.send({ n, payload: 'x'.repeat(1000) + n });";
    const flows = (name: string): FlowNode[] => [
      { id: 'tab', type: 'tab', label: name },
      control('close', 'close'),
      control('open', 'open'),
      control('ask', 'status'),
      { id: 'go', type: 'inject', z, x: 1, y: 2, repeat: '', once: false, props: [], wires: [['burst']] },
      { id: 'burst', type: 'function', z, x: 2, y: 2, func: send, outputs: 1, wires: [['watch']] },
      {
        ...{ id: 'watch', type: 'leak-watch', z, x: 3, y: 1, source: 'self', name, whenLeaking: 'queue' },
        ...{ queueMaxBytes: '256 KB', releasePerSecond: 5000, wires: [['end'], ['end'], ['end']] },
      },
      { id: 'end', type: 'function', z, x: 4, y: 1, func: 'return null;', outputs: 1, wires: [[]] },
    ];
    red = await startNodeRed({ flows: flows('one'), observe: ['watch'] });
    await red.inject('close');
    await red.inject('go');
    const { queued, dropped } = await lastVerdict(red);
    assert.equal(queued + dropped, 500);
    assert.ok(queued > 100 && dropped > 100);
    await red.deploy(flows('two'));
    const after = await lastVerdict(red);
    assert.deepEqual([after.queued, after.dropped, after.gate], [queued, dropped, 'closed']);
    await red.inject('open');
    const out = await red.untilMessages('watch', queued);
    assert.deepEqual(
      out.map(({ n }) => n),
      Array.from({ length: queued }, (_, i) => dropped + i),
    );
  });
});
