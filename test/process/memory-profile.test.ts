import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { NodeRed } from '../../tools/node-red/start';
import { find, startLeaky } from '../support/leaks/find';
import { LEAKING_FLOWS } from '../support/leaks/flows';

describe('memory-profile in a real Node-RED', function () {
  this.timeout(60_000);
  let red: NodeRed;

  before(async () => {
    red = await startLeaky();
  });

  after(() => red?.stop());

  // The others are in bench/leaking-flows.bench.ts: each of them takes seconds.
  for (const flow of LEAKING_FLOWS.filter(({ quick }) => quick)) {
    it(`names first who keeps the memory: ${flow.name}`, async () => {
      const { report, rank } = await find(red, flow);
      assert.equal(rank, 1, JSON.stringify(report.nodes.slice(0, 4), null, 1));
      const { nodes, totalBytes, unattributed } = report;
      assert.equal(nodes[0]?.flow, flow.where ?? 'Leak');
      const sum = nodes.reduce((all, each) => all + each.bytes + each.externalBytes, unattributed.bytes);
      assert.ok(Math.abs(sum - totalBytes) <= nodes.length + 1);
    });
  }

  it('leaves no hook behind, once the ledger has looked around a last time', async () => {
    let hooks: string[];
    do {
      await pause(100);
      ({ hooks } = await red.ask<{ hooks: string[] }>('resources'));
    } while (hooks.length > 0);
  });
});
