/**
 * Puts what `npm run bench` measured into the docs: what stands in a page between `<!-- bench: gc -->` and
 * `<!-- /bench -->` becomes that section of `bench/results.md`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forDocs, sectionsOf } from '../bench/support/results';

const ROOT = join(__dirname, '..');
const PLACE = /(<!-- bench: (\S+) -->\n)[\s\S]*?(<!-- \/bench -->)/g;

const measured = sectionsOf(readFileSync(join(ROOT, 'bench', 'results.md'), 'utf8'));
for (const page of readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))) {
  const path = join(ROOT, 'docs', page);
  const text = readFileSync(path, 'utf8');
  const filled = text.replace(PLACE, (whole, begin: string, name: string, end: string) => {
    const section = measured.get(name);
    return section === undefined ? whole : `${begin}\n${forDocs(section)}\n\n${end}`;
  });
  if (filled !== text) writeFileSync(path, filled);
}
