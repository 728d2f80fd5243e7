import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

const SAMPLES = `for (let n = 1; n <= 300; n += 1)
  node.send({ topic: 'pump ' + (n % 3), payload: { time: n * 1000, value: n } });
return null;`;

function flows(folder: string, capacity: number): FlowNode[] {
  const z = 'tab';
  const press = (id: string, control: string | null, wires: string[]): FlowNode => ({
    ...{ id, type: 'inject', z, x: 1, y: 1, repeat: '', once: false, wires: [wires] },
    props: control === null ? [] : [{ p: 'control', v: control, vt: 'str' }],
  });
  const place = { z, x: 2, y: 1, wires: [['end'], ['end']] };
  return [
    { id: z, type: 'tab', label: 'keeping' },
    press('go', null, ['samples']),
    press('get', 'get', ['ring', 'tally']),
    { id: 'samples', type: 'function', z, x: 2, y: 1, func: SAMPLES, outputs: 1, wires: [['ring', 'tally']] },
    { ...place, id: 'ring', type: 'memory-ring', emit: 'none', capacity, folder, persist: 'pumps.ring' },
    {
      ...place,
      id: 'tally',
      type: 'memory-tally',
      operation: 'sum',
      value: 'payload.value',
      folder,
      persist: 'pumps.tally',
    },
    { id: 'end', type: 'function', z, x: 3, y: 1, func: 'return null;', outputs: 1, wires: [[]] },
  ];
}

describe('what memory-ring and memory-tally keep', function () {
  this.timeout(120_000);
  let red: NodeRed | undefined;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-keeping-'));
  });

  afterEach(async () => {
    await red?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(capacity = 1000): Promise<NodeRed> {
    red = await startNodeRed({ flows: flows(folder, capacity), observe: ['ring', 'tally'] });
    return red;
  }

  /** Samples of each key in the ring, and the sums of the tally. */
  async function ask(running: NodeRed): Promise<{ windows: number[]; sums: unknown[] }> {
    const [rings, sums] = [running.messages('ring').length, running.messages('tally').length];
    await running.inject('get');
    const windows = (await running.untilMessages('ring', rings + 3)).slice(rings);
    const [answer] = (await running.untilMessages('tally', sums + 1)).slice(-1);
    return {
      windows: windows.map(({ payload }) => (payload as unknown[]).length),
      sums: (answer as { payload: { value: number }[] }).payload.map(({ value }) => value),
    };
  }

  it('outlives deploys that change the bounds, and restarts; a damaged file costs only its own content', async () => {
    const first = await start();
    await first.inject('go');
    await first.untilMessages('tally', 300);
    const whole = { windows: [100, 100, 100], sums: [15_150, 15_050, 14_950] };
    assert.deepEqual(await ask(first), whole);
    await first.deploy(flows(folder, 40));
    assert.deepEqual(await ask(first), { ...whole, windows: [40, 40, 40] });
    await first.stop();
    if (process.platform !== 'win32')
      for (const file of readdirSync(folder))
        assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);

    const second = await start(40);
    assert.deepEqual(await ask(second), { ...whole, windows: [40, 40, 40] });
    await second.stop();

    const file = join(folder, 'pumps.ring');
    const damaged = readFileSync(file);
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] as number) ^ 1;
    writeFileSync(file, damaged);
    const third = await start();
    await third.until(
      (report) =>
        report.kind === 'status' && report.id === 'ring' && /file error/.test(report.status.text ?? ''),
    );
    await third.inject('get');
    await third.untilMessages('tally', 1);
    assert.equal(third.messages('ring').length, 0);
    assert.match(third.log.join('\n'), /pumps\.ring cannot be restored, it is damaged/);
    assert.deepEqual(readdirSync(folder).sort(), ['pumps.ring.bad', 'pumps.tally']);
  });
});
