import assert from 'node:assert/strict';
import type { Collection } from '../../../src/gc/trigger';
import { Probe } from '../../../src/trend/probe';

/** A probe of a collector that pauses so many ms, on a CPU that it has for so many of them. */
function probeOf(
  pauseMs: number,
  { cpuMs = pauseMs, ...answer }: Partial<Collection> & { cpuMs?: number } = {},
) {
  const seen = { asked: 0, cpu: 0 };
  const collect = async () => {
    seen.asked += 1;
    seen.cpu += cpuMs;
    return { collected: true, shared: false, pauseMs, ...answer } as Collection;
  };
  return { seen, probe: new Probe(collect, () => seen.cpu) };
}

async function askOften(probe: Probe, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await probe.ask(0);
}

describe('Probe', () => {
  it('collects when asked, and no more than for a small share of the time', async () => {
    const { probe, seen } = probeOf(1000);
    await askOften(probe, 20);
    assert.equal(seen.asked, 1);
  });

  it('spends its credit on cheap collections', async () => {
    const { probe, seen } = probeOf(1);
    await askOften(probe, 20);
    assert.equal(seen.asked, 20);
  });

  it('charges no more than the CPU time, where other programs made the pause longer', async () => {
    const { probe, seen } = probeOf(1000, { cpuMs: 1 });
    await askOften(probe, 20);
    assert.equal(seen.asked, 20);
  });

  it('charges no more than the pause, where helper threads used more CPU time', async () => {
    const { probe, seen } = probeOf(1, { cpuMs: 1000 });
    await askOften(probe, 20);
    assert.equal(seen.asked, 20);
  });

  it('does not pay for a collection that another caller had started', async () => {
    const { probe } = probeOf(1000, { shared: true });
    await probe.ask(0);
    assert.equal(probe.percent, 0);
  });

  it('asks once at a time', async () => {
    const { probe, seen } = probeOf(1);
    await Promise.all([probe.ask(0), probe.ask(0), probe.ask(0)]);
    assert.equal(seen.asked, 1);
  });

  it('lives on where there is no collector', async () => {
    const probe = new Probe(() => Promise.reject(new Error('none')));
    await askOften(probe, 3);
    assert.equal(probe.percent, 0);
  });

  it('collects nothing after it was stopped, though it was waiting for an idle moment', async () => {
    const { probe, seen } = probeOf(1);
    const waiting = probe.ask(60_000);
    probe.stop();
    await waiting;
    assert.equal(seen.asked, 0);
  });
});
