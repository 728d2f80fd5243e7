import assert from 'node:assert/strict';
import { seriesOfAllFamilies } from '../../support/leak-families';
import { fiveRises, headroomWatcher } from '../../support/leak-watchers';
import { scoreFamilies, total } from '../../support/score-detector';

/** Small counts: bounds are wider here than the figures of `bench/trend.bench.ts`, which runs thousands. */
describe('the leak detector on simulated series of 25 families', function () {
  this.timeout(60_000);
  const score = (watcher: Parameters<typeof scoreFamilies>[1]) =>
    total(scoreFamilies(seriesOfAllFamilies(16, 2024), watcher));

  it('detects leaks early and raises few false alarms at normal', () => {
    const normal = score(() => headroomWatcher());
    assert.ok(normal.detectedPercent >= 99, `${normal.detectedPercent} % detected`);
    assert.ok(normal.falseAlarmPercent <= 3, `${normal.falseAlarmPercent} % false alarms`);
    assert.ok(normal.before15Percent >= 88, `${normal.before15Percent} % before 15 %`);
    assert.ok(normal.slopeErrorPercent <= 5, `${normal.slopeErrorPercent} % slope error`);
    assert.ok(normal.coveredPercent >= 88, `${normal.coveredPercent} % covered`);
  });

  it('raises next to no false alarms at low', () => {
    const low = score(() => headroomWatcher({ sensitivity: 'low' }));
    assert.ok(low.falseAlarmPercent <= 1, `${low.falseAlarmPercent} % false alarms`);
    assert.ok(low.detectedPercent >= 99, `${low.detectedPercent} % detected`);
  });

  it('detects before 10 % of the limit at high', () => {
    const high = score(() => headroomWatcher({ sensitivity: 'high' }));
    assert.ok(high.before10Percent >= 88, `${high.before10Percent} % before 10 %`);
  });

  it('is far from the false alarms of five rises in a row', () => {
    assert.ok(score(fiveRises).falseAlarmPercent > 80);
  });
});
