/**
 * `npm run lab`: what a sceptic wants to see before this goes onto a gateway two hours' drive away. Each part takes long
 * and writes its table into `docs/reliability.md`. `npm run lab -- fuzz soak` runs some parts only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineLine } from '../bench/support/machine';
import { ROOT } from '../tools/node-red/cell';
import { fuzzTable } from './fuzz';
import { soakTable } from './soak';
import { survivalTable } from './survival';

const PARTS: Record<string, () => Promise<string>> = {
  survival: survivalTable,
  fuzz: fuzzTable,
  soak: soakTable,
};

const PAGE = join(ROOT, 'docs', 'reliability.md');

async function main(asked: string[]): Promise<void> {
  const unknown = asked.find((name) => !(name in PARTS));
  if (unknown)
    throw new Error(`lab: ${unknown} is not known, expected one of ${Object.keys(PARTS).join(', ')}`);
  for (const [name, run] of Object.entries(PARTS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n== ${name} ==\n`);
    const figures = await run();
    console.log(figures);
    const place = new RegExp(`(<!-- lab: ${name} -->\n)[\\s\\S]*?(<!-- /lab -->)`);
    const page = readFileSync(PAGE, 'utf8');
    writeFileSync(
      PAGE,
      page.replace(place, (_, begin, end) => `${begin}\n${machineLine()}\n\n${figures}\n\n${end}`),
    );
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
