import assert from 'node:assert/strict';
import { figuresOf } from '../../../lab/survival';
import { type Outcome, Tally } from '../../../lab/survival-run';

const MB = 1_048_576;
const LIVED: Outcome = {
  ...{ diedAfterMs: null, by: null, ranMs: 20_000, peakBytes: 150 * MB },
  ...{ sent: 10_000, arrived: 2_000, shed: 7_500, p99Ms: 12.4 },
  ...{ pauses: { count: 3, totalMs: 40.2, longestMs: 20.6 }, events: {} },
};

describe('the tally of a survival run', () => {
  it('takes counts as they stand now, and gathers delays and events', () => {
    const tally = new Tally();
    tally.take(JSON.stringify({ sent: 90 }));
    tally.take(JSON.stringify({ arrived: 40, delays: Array.from({ length: 50 }, (_, i) => i) }));
    tally.take(JSON.stringify({ arrived: 99, delays: Array.from({ length: 51 }, (_, i) => i + 50) }));
    tally.take(JSON.stringify({ events: { killed: 1 } }));
    tally.take(JSON.stringify({ events: { killed: 2 } }));
    assert.deepEqual([tally.sent, tally.arrived, tally.p99Ms, tally.events], [90, 99, 99, { killed: 2 }]);
  });

  it('leaves the status of other nodes alone', () => {
    const tally = new Tally();
    for (const text of [undefined, '118 MB · 42 % free', '']) tally.take(text);
    assert.deepEqual([tally.sent, tally.arrived, tally.p99Ms], [0, 0, null]);
  });

  it('is done when all that was sent has arrived or was shed, not while the source goes on', () => {
    const tally = new Tally();
    tally.take(JSON.stringify({ sent: 10, arrived: 4, shed: 6 }));
    assert.equal(tally.done, false);
    tally.take(JSON.stringify({ sent: 12, finished: true }));
    assert.equal(tally.done, false);
    tally.take(JSON.stringify({ shed: 8 }));
    assert.equal(tally.done, true);
  });
});

describe('a row of the survival table', () => {
  it('what did not arrive waits where Node-RED lives, and what was shed is none of it', () => {
    assert.deepEqual(figuresOf(LIVED), [
      ...['yes', '150', '10,000', '2,000', '7,500', '500 waiting', '100', '12', '40, 21'],
    ]);
  });

  it('what did not arrive is lost where it died', () => {
    const cells = figuresOf({ ...LIVED, diedAfterMs: 7_060, by: 'the heap was full', shed: 0 });
    assert.deepEqual([cells[0], cells[5]], ['**died after 7.1 s**: the heap was full', '8,000 lost']);
  });

  it('leaves empty what was not measured, and tells what else happened', () => {
    const cells = figuresOf({
      ...{ ...LIVED, peakBytes: null, p99Ms: null, pauses: null },
      events: { 'killed by the kernel': 2 },
    });
    assert.deepEqual(
      [cells[0], cells[1], cells[7], cells[8]],
      ['yes, script killed by the kernel 2 ×', '', '', ''],
    );
  });
});
