/**
 * `npm test`: every test layer in a process of its own, and one closing line for all of them.
 * `npm test -- node editor` runs some layers only. `HEADROOM_CELL` names the versions to test (`npm run matrix`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentCell, ROOT } from './node-red/cell';

/** Cheapest first: what is broken shows early. */
const LAYERS = ['house', 'engine', 'node', 'memory', 'process', 'editor'];

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

function main(): void {
  const cell = currentCell();
  const asked = process.argv.slice(2);
  const unknown = asked.find((layer) => !LAYERS.includes(layer));
  if (unknown) throw new Error(`layer: ${unknown} is not known, expected one of ${LAYERS.join(', ')}`);
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const layer of LAYERS.filter((name) => asked.length === 0 || asked.includes(name))) {
    if (!hasTests(join(ROOT, 'test', layer))) continue;
    console.log(`\n== ${layer} (${cell.name}) ==`);
    const begun = Date.now();
    const { passed, failed, skipped } = runLayer(layer, cell.node);
    console.log(`${layer}: ${Math.round((Date.now() - begun) / 1000)} s`);
    totals.passed += passed;
    totals.failed += failed;
    totals.skipped += skipped;
  }
  writeFileSync(join(ROOT, 'build', `totals-${cell.name}.json`), JSON.stringify(totals));
  console.log(`\n${closingLine(totals)}`);
  process.exitCode = totals.failed > 0 ? 1 : 0;
}

function runLayer(layer: string, node: string): Totals {
  const report = join(ROOT, 'build', `report-${layer}.json`);
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  rmSync(report, { force: true });
  const mocha = join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, '--reporter', join(ROOT, 'tools', 'mocha-reporter.cjs'), `test/${layer}/**/*.test.ts`];
  spawnSync(node, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, HEADROOM_REPORT: report } });
  // A layer that died before its report has failed, whatever it printed.
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
}

function hasTests(folder: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
  );
}

function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

main();
