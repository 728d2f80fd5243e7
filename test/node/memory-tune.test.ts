import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Node } from 'node-red';
import { PROFILES as IN_FORM } from '../../nodes/memory-tune/config';
import memoryTune from '../../nodes/memory-tune/memory-tune';
import { PROFILES, type Tuning } from '../../src';
import { knobsNow, usualKnobs } from '../../src/gc/flags';
import { watchHoldings } from '../support/resources';
import helper from '../support/test-helper';

interface Answer {
  payload: Tuning;
}

describe('memory-tune', () => {
  afterEach(async () => {
    await helper.unload();
    assert.deepEqual(knobsNow(), usualKnobs());
  });

  async function load(...configs: Record<string, unknown>[]): Promise<Node[]> {
    const tuners = configs.map((config, i) => ({
      id: `tune${i}`,
      type: 'memory-tune',
      z: 'tab',
      x: 1,
      y: 1,
      ...config,
      wires: [['out']],
    }));
    await helper.load(memoryTune, [
      { id: 'tab', type: 'tab' },
      ...tuners,
      { id: 'out', type: 'helper', z: 'tab', x: 1, y: 1 },
    ]);
    return tuners.map(({ id }) => helper.getNode(id));
  }

  async function next(): Promise<Tuning> {
    const [{ payload }] = (await once(helper.getNode('out'), 'input')) as [Answer];
    return payload;
  }

  async function ask(tuner: Node | undefined, payload: unknown): Promise<Tuning> {
    const answer = next();
    tuner?.receive({ payload });
    return answer;
  }

  it('its form offers what the engine takes', () => {
    assert.deepEqual(IN_FORM, PROFILES);
  });

  it('after a deploy it tells what it set', async () => {
    await load({ profile: 'low-memory' });
    const tuning = await next();
    assert.equal(tuning.profile, 'low-memory');
    assert.deepEqual(tuning.applied, { 'heap-growing-percent': 25 });
    assert.equal(tuning.refused, false);
  });

  it('a payload with a profile switches, and the answer tells the knobs and the line for the start', async () => {
    const [tuner] = await load({ profile: 'off', budgetBytes: 200 * 1_048_576 });
    const tuning = await ask(tuner, { profile: 'govern' });
    assert.equal(tuning.profile, 'govern');
    assert.match(tuning.nodeOptions, /^--max-old-space-size=\d+ --max-semi-space-size=2$/);
    assert.notEqual(tuning.governor, null);
  });

  it('a message without a profile asks how things are and changes nothing', async () => {
    const [tuner] = await load({ profile: 'balanced' });
    for (const payload of ['throughput', 0, null, { other: 1 }]) {
      assert.equal((await ask(tuner, payload)).profile, 'balanced');
    }
  });

  it('an unknown profile is refused with the value and what is expected', async () => {
    const [tuner] = await load({ profile: 'balanced' });
    for (const profile of ['fast', '', 7, null]) {
      assert.ok(tuner);
      const failed = once(tuner, 'call:error');
      tuner.receive({ payload: { profile } });
      const [call] = await failed;
      assert.match(String(call.args[0]), /payload\.profile: .* is not valid, expected one of govern/);
    }
    assert.equal(knobsNow()['heap-growing-percent'], 60);
  });

  it('of two that disagree the more careful one wins and the other is red with the reason', async () => {
    const [fast, low] = await load(
      { profile: 'throughput' },
      { profile: 'low-memory', name: 'the careful one' },
    );
    const refused = await ask(fast, 'how?');
    assert.equal(refused.refused, true);
    assert.match(refused.reason, /the careful one has set low-memory/);
    const { args } = (fast as unknown as { status: { lastCall: { args: [{ fill: string; text: string }] } } })
      .status.lastCall;
    assert.equal(args[0].fill, 'red');
    assert.match(args[0].text, /the careful one/);

    await low?.close(false);
    const taken = await ask(fast, 'and now?');
    assert.equal(taken.refused, false);
    assert.equal(knobsNow()['heap-growing-percent'], 300);
  });

  it('removed, whatever its profile was, it leaves no timer, file, listener or observer behind', async () => {
    const watch = watchHoldings();
    const before = await watch.count();
    const [tuner] = await load({ profile: 'govern' });
    assert.equal((await watch.count()).observing, true);
    for (const profile of PROFILES) await ask(tuner, { profile });
    await ask(tuner, { profile: 'govern' });
    await helper.unload();
    assert.deepEqual(await watch.count(), before);
    watch.stop();
  });
});
