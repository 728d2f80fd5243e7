import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Allowance } from '../../../src/gc/allowance';

describe('Allowance', () => {
  it('the spending of any caller that asks first stays within share and burst', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 5000 }),
      cost: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const allowance = new Allowance(0.05, 500, 0);
        let now = 0;
        let spent = 0;
        for (const { wait, cost } of steps) {
          now += wait;
          if (!allowance.affords(cost, now)) continue;
          allowance.spend(cost);
          spent += cost;
        }
        assert.ok(spent <= 500 + now * 0.05 + 1e-6, `${spent} in ${now}`);
      }),
    );
  });

  it('what costs more than it ever holds is affordable when it is full, and is paid back', () => {
    const allowance = new Allowance(0.1, 100, 0);
    assert.equal(allowance.affords(1000, 0), true);
    allowance.spend(1000);
    assert.equal(allowance.affords(1, 9000), false);
    assert.equal(allowance.affords(1, 9020), true);
  });

  it('the share of time spent is told in percent', () => {
    const allowance = new Allowance(0.1, 100, 1000);
    assert.equal(allowance.percent(1000), 0);
    allowance.spend(50);
    assert.equal(allowance.percent(2000), 5);
  });
});
