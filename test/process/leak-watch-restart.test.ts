import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WatchReport } from '../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

/** Two hundred readings of a pump that leaks 0.2 MB a minute, and of a fan that does not. */
const READINGS = `for (let n = 1; n <= 200; n += 1) {
  node.send({ topic: 'pump', payload: { time: n * 60000, rss: 40e6 + n * 2e5 } });
  node.send({ topic: 'fan', payload: { time: n * 60000, rss: 40e6 + (n % 7) * 1e4 } });
}
return null;`;

function flows(stateStore: string): FlowNode[] {
  const z = 'tab';
  const press = (id: string, props: object[], wires: string[]): FlowNode => ({
    ...{ id, type: 'inject', z, x: 1, y: 1, repeat: '', once: false, props, wires: [wires] },
  });
  const ask = (topic: string): FlowNode =>
    press(
      `ask-${topic}`,
      [
        { p: 'control', v: 'status', vt: 'str' },
        { p: 'topic', v: topic, vt: 'str' },
      ],
      ['watch'],
    );
  return [
    { id: 'tab', type: 'tab', label: 'restart' },
    press('go', [], ['readings']),
    { id: 'readings', type: 'function', z, x: 2, y: 1, func: READINGS, outputs: 1, wires: [['watch']] },
    {
      ...{
        id: 'watch',
        type: 'leak-watch',
        z,
        x: 3,
        y: 1,
        source: 'message',
        limitBytes: '200 MB',
        stateStore,
      },
      wires: [['end'], ['end'], ['end']],
    },
    { id: 'end', type: 'function', z, x: 4, y: 1, func: 'return null;', outputs: 1, wires: [[]] },
    ask('pump'),
    ask('fan'),
  ];
}

describe('what leak-watch has learnt', function () {
  this.timeout(120_000);
  let red: NodeRed | undefined;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-context-'));
  });

  afterEach(async () => {
    await red?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A Node-RED with contexts in memory and, under the name `disk`, in the folder. */
  async function start(stateStore: string): Promise<NodeRed> {
    const contextStorage = {
      default: { module: 'memory' },
      disk: { module: 'localfilesystem', config: { dir: folder } },
    };
    red = await startNodeRed({
      flows: flows(stateStore),
      observe: ['watch'],
      settings: { contextStorage },
    });
    return red;
  }

  async function ask(running: NodeRed, key: string): Promise<WatchReport> {
    const before = running.messages('watch', 2).length;
    await running.inject(`ask-${key}`);
    const verdicts = await running.untilMessages('watch', before + 1, 20_000, 2);
    return verdicts.at(-1)?.payload as WatchReport;
  }

  it('outlives a restart of Node-RED in a context store on disk', async () => {
    const first = await start('disk');
    await first.inject('go');
    await first.untilMessages('watch', 400);
    const pump = await ask(first, 'pump');
    const fan = await ask(first, 'fan');
    assert.deepEqual([pump.state, fan.state], ['leaking', 'healthy']);
    await first.stop();

    const second = await start('disk');
    const { samples, since, bytesPerHour, state } = await ask(second, 'pump');
    assert.deepEqual(
      { samples, since, bytesPerHour, state },
      { samples: 200, since: pump.since, bytesPerHour: pump.bytesPerHour, state: 'leaking' },
    );
    assert.deepEqual(
      { ...(await ask(second, 'fan')), passed: 0 },
      { ...fan, passed: 0 },
      'all that is said of the other key, but for the messages of this run',
    );
    await second.stop();

    const third = await start('');
    assert.equal((await ask(third, 'pump')).samples, 0, 'without stateStore nothing is kept');
  });
});
