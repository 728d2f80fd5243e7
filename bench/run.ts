/**
 * `npm run bench`: every `bench/*.bench.ts` in a process of its own, one after another, and their Markdown together
 * in `bench/results.md` under the line of the machine. `npm run bench -- sample gc` runs some and replaces only theirs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { machineLine } from './support/machine';
import { sectionsOf } from './support/results';

const RESULTS = join(__dirname, 'results.md');
const HEAD =
  '# Benchmarks\n\nMade by `npm run bench`, not edited by hand. Times are CPU times where not said otherwise.\n';

function main(asked: string[]): void {
  const names = readdirSync(__dirname)
    .filter((name) => name.endsWith('.bench.ts'))
    .map((name) => basename(name, '.bench.ts'));
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown) throw new Error(`bench: ${unknown} is not known, expected one of ${names.join(', ')}`);
  const sections = sectionsOf(existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '');
  for (const name of names) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n== ${name} ==\n`);
    const figures = measure(name);
    console.log(figures);
    sections.set(name, `${machineLine()}\n\n${figures.trim()}`);
  }
  const kept = names.filter((name) => sections.has(name));
  writeFileSync(RESULTS, [HEAD, ...kept.map((name) => `## ${name}\n\n${sections.get(name)}\n`)].join('\n'));
}

function measure(name: string): string {
  const tsx = join(__dirname, '..', 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const run = spawnSync(process.execPath, [tsx, join(__dirname, `${name}.bench.ts`)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(`bench ${name} ended with ${run.status ?? run.signal}`);
  return run.stdout;
}

main(process.argv.slice(2));
