// Sums the totals of all cells and prints the closing line of CI. Steps that failed without failing a test
// (lint, types, a cell that did not run) are named in the arguments and count as one failure each.
import { existsSync, readFileSync } from 'node:fs';

const TEST_STEPS = { 'npm test': 'nr4', 'matrix nr5': 'nr5' };
const failedSteps = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };

for (const cell of Object.values(TEST_STEPS)) {
  const file = `build/totals-${cell}.json`;
  const totals = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { failed: 1 };
  for (const key of Object.keys(sum)) sum[key] += totals[key] ?? 0;
}
const others = failedSteps.filter((name) => !(name in TEST_STEPS));
for (const name of failedSteps) console.log(`failed: ${name}`);
sum.failed += others.length;
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exit(sum.failed > 0 || failedSteps.length > 0 ? 1 : 0);
