import assert from 'node:assert/strict';
import { Allowance } from '../../../src/gc/allowance';
import type { Collection } from '../../../src/gc/trigger';
import { Probe } from '../../../src/trend/probe';

/** A probe of a collector that pauses so many ms, with a purse that holds so many and gets nothing more. */
function probeOf(
  pauseMs: number,
  savedMs: number,
  { cpuMs = pauseMs, ...answer }: Partial<Collection> & { cpuMs?: number } = {},
) {
  const seen = { asked: 0, cpuMs: 0 };
  const collect = async () => {
    seen.asked += 1;
    seen.cpuMs += cpuMs;
    return { collected: true, shared: false, pauseMs, ...answer } as Collection;
  };
  return { seen, probe: new Probe(collect, new Allowance(0, savedMs, 0), () => seen.cpuMs) };
}

async function askOften(probe: Probe, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await probe.ask(0);
}

describe('Probe', () => {
  it('collects when asked, and no more once the purse is empty', async () => {
    const { probe, seen } = probeOf(1000, 500);
    await askOften(probe, 20);
    assert.equal(seen.asked, 1);
  });

  it('spends what was saved on cheap collections', async () => {
    const { probe, seen } = probeOf(1, 500);
    await askOften(probe, 20);
    assert.equal(seen.asked, 20);
  });

  it('collects nothing until the dearer of the last two collections can be paid', async () => {
    const { probe, seen } = probeOf(200, 500);
    await askOften(probe, 20);
    assert.equal(seen.asked, 2);
  });

  it('charges no more than the CPU time, where other programs made the pause longer', async () => {
    const { probe, seen } = probeOf(1000, 500, { cpuMs: 1 });
    await askOften(probe, 20);
    assert.equal(seen.asked, 20);
  });

  it('collects nothing before anything was saved', async () => {
    const { probe, seen } = probeOf(1, 0);
    const early = new Probe(
      () => Promise.reject(new Error('not yet')),
      new Allowance(0.01, 500, performance.now(), 0),
    );
    assert.equal(early.now(), false);
    await probe.ask(0);
    assert.equal(seen.asked, 1, 'a purse that never holds anything is full');
  });

  it('spends one purse for all probes of the process', () => {
    const [one, other] = [new Probe(), new Probe()];
    while (one.now());
    assert.equal(other.now(), false);
    assert.equal(one.percent, other.percent);
  });

  it('collects in the call when it is wanted now', () => {
    const { probe, seen } = probeOf(1, 500);
    assert.equal(probe.now(), true);
    assert.equal(seen.asked, 1);
    assert.equal(probe.now(), false);
  });

  it('does not pay for a collection that another caller had started', async () => {
    const { probe } = probeOf(1000, 500, { shared: true });
    await probe.ask(0);
    assert.equal(probe.percent, 0);
  });

  it('asks once at a time', async () => {
    const { probe, seen } = probeOf(1, 500);
    await Promise.all([probe.ask(0), probe.ask(0), probe.ask(0)]);
    assert.equal(seen.asked, 1);
  });

  it('lives on where there is no collector', async () => {
    const probe = new Probe(() => Promise.reject(new Error('none')), new Allowance(0, 500, 0));
    await askOften(probe, 3);
    assert.equal(probe.percent, 0);
  });

  it('collects nothing after it was stopped, though it was waiting for an idle moment', async () => {
    const { probe, seen } = probeOf(1, 500);
    const waiting = probe.ask(60_000);
    probe.stop();
    await waiting;
    assert.equal(seen.asked, 0);
  });
});
