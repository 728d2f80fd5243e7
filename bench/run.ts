/**
 * `npm run bench`: every `bench/*.bench.ts` in a process of its own, one after another, and their Markdown together
 * in `bench/results.md`. `npm run bench -- sample gc` runs some and replaces only theirs; `--quick` does so little that the
 * figures mean nothing, and keeps them in `.cache/bench`. What took least last time comes first, and the file is written after
 * each: who stops a run has what was measured until then. One that fails stops no other; it is told at the end.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import packageJson from '../package.json';
import { withoutAgainst } from './support/against';
import { machineLine } from './support/machine';
import { beQuick, outputFolder, QUICK } from './support/quick';
import { resultsOf, secondsOf, sectionsOf } from './support/results';

const NODES = Object.keys(packageJson['node-red'].nodes);
const LONGEST_MS = 30 * 60_000;

function main(words: string[]): void {
  if (words.includes(QUICK)) beQuick();
  const results = join(outputFolder(), 'results.md');
  mkdirSync(outputFolder(), { recursive: true });
  const sections = sectionsOf(existsSync(results) ? readFileSync(results, 'utf8') : '');
  const subjects = subjectsOfAll();
  const failed = new Map<string, string>();
  for (const name of chosen(words, subjects, sections)) {
    console.log(`\n== ${name} ==\n`);
    const begun = performance.now();
    const { figures, failure } = measure(name);
    const seconds = Math.ceil((performance.now() - begun) / 1_000);
    console.log(`${withoutAgainst(figures)}\n${name} took ${seconds} s.`);
    if (failure) failed.set(name, failure);
    else sections.set(name, `${machineLine(seconds)}\n\n${figures.trim()}`);
    writeFileSync(results, resultsOf(machineLine(), NODES, subjects, sections, new Set(failed.keys())));
  }
  for (const [name, failure] of failed) console.error(`bench ${name}: ${failure}`);
  if (failed.size > 0) process.exitCode = 1;
}

/** What each bench is about: the first sentence of its file. */
function subjectsOfAll(): Map<string, string> {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.bench.ts'));
  return new Map(
    files.map((file) => {
      const [, comment = ''] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(__dirname, file), 'utf8')) ?? [];
      const text = comment.replace(/\s*\n \* ?/g, ' ').trim();
      return [
        basename(file, '.bench.ts'),
        (/^.*?[.:?](?=\s|$)/.exec(text)?.[0] ?? text).replace(/[.:]$/, ''),
      ];
    }),
  );
}

function chosen(
  words: readonly string[],
  subjects: ReadonlyMap<string, string>,
  sections: ReadonlyMap<string, string>,
): string[] {
  const asked = words.filter((word) => word !== QUICK);
  const names = [...subjects.keys()];
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown) throw new Error(`bench: ${unknown} is not known, expected one of ${names.join(', ')}`);
  const took = (name: string): number => secondsOf(sections.get(name));
  return (asked.length > 0 ? asked : names).sort((a, b) => took(a) - took(b));
}

function measure(name: string): { figures: string; failure: string | null } {
  const tsx = join(__dirname, '..', 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { status, signal, stdout, error } = spawnSync(
    process.execPath,
    [tsx, join(__dirname, `${name}.bench.ts`)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26, timeout: LONGEST_MS },
  );
  return { figures: stdout, failure: status === 0 ? null : `ended with ${error ?? status ?? signal}` };
}

main(process.argv.slice(2));
