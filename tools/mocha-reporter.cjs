// Dots while it runs, failures at the end, skipped tests by name, and the totals in a file for `tools/test.ts`.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class Reporter extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      for (const title of skipped) console.log(`  skipped: ${title}`);
      const { passes, failures, pending } = runner.stats;
      const totals = { passed: passes, failed: failures, skipped: pending };
      if (process.env.HEADROOM_REPORT) writeFileSync(process.env.HEADROOM_REPORT, JSON.stringify(totals));
    });
  }
};
