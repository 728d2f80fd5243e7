/**
 * `npx tsx tools/node-pages.ts`: what `docs/nodes/<type>.md` say that stands elsewhere already. Between
 * `<!-- made: what -->` and `<!-- /made -->` comes the first sentence of the help; by `properties` a table of the
 * form, from its HTML, its words and the config; by `examples` those that have such a node, with the README's words.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Config } from '../src/config';
import { nodeTypes } from './build/layout';
import { ROOT } from './node-red/cell';

const PLACE = /(<!-- made: (\w+) -->\n)[\s\S]*?(<!-- \/made -->)/g;
const LANGUAGE = 'en-US';

export function pageOf(type: string): string {
  return join(ROOT, 'docs', 'nodes', `${type}.md`);
}

/** The page with its made parts as they should be now. */
export function fillPage(type: string, page: string): string {
  const parts: Record<string, () => string> = {
    what: () => whatItDoes(type),
    properties: () => propertiesTable(type),
    examples: () => examplesList(type),
  };
  return page.replace(PLACE, (whole, begin: string, name: string, end: string) => {
    const part = parts[name];
    return part ? `${begin}\n${part()}\n\n${end}` : whole;
  });
}

function whatItDoes(type: string): string {
  const help = readFileSync(localeFile(type, 'html'), 'utf8');
  const first = /<p>([\s\S]*?)<\/p>/.exec(help)?.[1] ?? '';
  return markdown(first);
}

function propertiesTable(type: string): string {
  const { config } = require(join(ROOT, 'nodes', type, 'config')) as { config: Config<object> };
  const form = readFileSync(join(ROOT, 'nodes', type, 'editor.html'), 'utf8');
  const rows = form
    .split(/(?=<div class="form-row")/)
    .slice(1)
    .flatMap((row) => fieldsOf(row).map((name) => ({ name, row })))
    .filter(({ name }) => Object.hasOwn(config.fields, name));
  const lines = rows.map(({ name, row }) => {
    const field = config.fields[name as never] as { default: unknown; format(value: unknown): string };
    const cells = [
      labelOf(row),
      `\`${name}\``,
      shownDefault(field.default, field.format(field.default)),
      explain(row, (config.fields[name as never] as { expected: string }).expected),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| in the form | property | default | |', '|---|---|---|---|', ...lines].join('\n');
}

/** The fields whose controls a row holds; hidden inputs are the second half of a TypedInput. */
function fieldsOf(row: string): string[] {
  return [...row.matchAll(/<[^>]*\bid="node-(?:config-)?input-(\w+)"[^>]*>/g)].flatMap(([tag, name = '']) =>
    /type="hidden"/.test(tag) ? [] : [name],
  );
}

function labelOf(row: string): string {
  return wordsOf(/<label[\s\S]*?data-i18n="([^"]*)"/.exec(row)?.[1]);
}

/** What one may choose, or what fits; and the hint, where it always shows. */
function explain(row: string, expected: string): string {
  const options = [...row.matchAll(/<option value="([^"]*)" data-i18n="([^"]*)"/g)].map(
    ([, value, key]) => `\`${value}\` ${wordsOf(key)}`,
  );
  const boxes = [...row.matchAll(/<input type="checkbox" value="([^"]*)">\s*<span data-i18n="([^"]*)"/g)].map(
    ([, value, key]) => `\`${value}\` ${wordsOf(key)}`,
  );
  const check = wordsOf(/<label for="[^"]*" data-i18n="([^"]*\.check\.[^"]*)"/.exec(row)?.[1]);
  const hint = wordsOf(/<div class="headroom-hint" data-i18n="([^"]*)"/.exec(row)?.[1]);
  const choices = [...options, ...boxes];
  const takes = choices.length > 0 ? choices.join(' · ') : check || expected;
  return [takes, hint].filter(Boolean).join('. ').replace(/\.\. /g, '. ');
}

function shownDefault(value: unknown, text: string): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return text === '' || text === '[]' ? '–' : text.replace(/,(?=\S)/g, ', ');
}

function wordsOf(key = ''): string {
  const path = key.slice(key.lastIndexOf(':') + 1).split('.');
  const catalogue: unknown = path[0] && JSON.parse(readFileSync(localeFile(path[0], 'json'), 'utf8'));
  const words = path.reduce<unknown>((words, part) => Object(words)[part], catalogue);
  return typeof words === 'string' ? words : '';
}

function localeFile(type: string, extension: string): string {
  return join(ROOT, 'nodes', type, 'locales', LANGUAGE, `${type}.${extension}`);
}

/** The tour has every node: it says little about one. */
function examplesList(type: string): string {
  const words = exampleWords();
  return readdirSync(join(ROOT, 'examples'))
    .filter((file) => file.endsWith('.json') && file !== 'tour.json')
    .filter((file) => readFileSync(join(ROOT, 'examples', file), 'utf8').includes(`"type": "${type}"`))
    .map((file) => basename(file, '.json'))
    .sort((a, b) => Number(b === type) - Number(a === type))
    .map((name) => `- [\`${name}\`](../../examples/${name}.json): ${words.get(name) ?? ''}`)
    .join('\n');
}

/** The README's words for each example, by its name. */
export function exampleWords(): Map<string, string> {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const table = readme.slice(readme.indexOf('| example |'));
  const rows = table.slice(0, table.indexOf('\n\n')).matchAll(/^\| `([^`]+)` \| (.*) \|$/gm);
  return new Map([...rows].map(([, name = '', words = '']) => [name, words.replace(/\]\(docs\//g, '](../')]));
}

function markdown(html: string): string {
  return html
    .replace(/<\/?code>/g, '`')
    .replace(/<\/?b>/g, '**')
    .replace(/<\/?i>/g, '_')
    .replace(/\s+/g, ' ')
    .trim();
}

if (require.main === module) {
  for (const type of nodeTypes(ROOT)) {
    const path = pageOf(type);
    const page = readFileSync(path, 'utf8');
    const filled = fillPage(type, page);
    if (filled !== page) writeFileSync(path, filled);
  }
}
