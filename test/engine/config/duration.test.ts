import assert from 'node:assert/strict';
import { duration, formatDuration, Invalid, LONGEST_TIMER_MS, parseDuration } from '../../../src/config';

describe('a duration as people write it', () => {
  it('is read with its unit, and as milliseconds without', () => {
    for (const text of ['90 s', '90s', '1.5 min', '1,5m', '90000', '90000 ms', ' 90 S ']) {
      assert.equal(parseDuration(text), 90_000, text);
    }
    assert.equal(parseDuration('2 h'), 7_200_000);
    assert.equal(parseDuration('1 d'), 86_400_000);
  });

  it('is NaN for anything else', () => {
    for (const text of ['', 's', '10 sec', '1 h 30 min', 'NaN', '1e3', 'Infinity', '10 s s']) {
      assert(Number.isNaN(parseDuration(text)), text);
    }
  });

  it('is shown in the largest unit that keeps it exact', () => {
    const shown = [0, 1, 1500, 10_000, 90_000, 60_000, 3_600_000, 86_400_000, 90_000_000].map(formatDuration);
    assert.deepEqual(shown, ['0 ms', '1 ms', '1500 ms', '10 s', '90 s', '1 min', '1 h', '1 d', '25 h']);
  });

  it('is refused when no timer keeps it', () => {
    const field = duration({ default: 0, min: 0, max: LONGEST_TIMER_MS });
    assert(field.parse(LONGEST_TIMER_MS + 1) instanceof Invalid);
    assert(field.parse('25 d') instanceof Invalid);
  });
});
