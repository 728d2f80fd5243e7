import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { nodeFolders } from '../../tools/build/layout';
import { cellRequire, ROOT } from '../../tools/node-red/cell';
import { walk } from '../support/source';

const OWN_PACKAGE = '@headroom/node-red-memory/';
const folders = nodeFolders(ROOT);
/** A language that one node speaks, all speak. */
const languages = [...new Set(folders.flatMap(({ locales }) => readdirSync(locales)))];

/** All keys of a catalogue, as `memory-sample.label.interval`. */
function keysOf(words: object, way: string[] = []): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value, [...way, key]) : [[...way, key].join('.')],
  );
}

function catalogue(file: string): string[] {
  return existsSync(file) ? keysOf(JSON.parse(readFileSync(file, 'utf8'))) : [];
}

/** Node-RED's own words, for keys with `node-red:`. */
function coreWords(): string[] {
  const nodes = dirname(cellRequire().resolve('@node-red/nodes/package.json'));
  return catalogue(join(nodes, 'locales', 'en-US', 'messages.json'));
}

/** Whether a key has words: its own namespace by default, another node's or Node-RED's by prefix. */
function hasWords(key: string, type: string): boolean {
  const colon = key.lastIndexOf(':');
  const [namespace, name] = colon < 0 ? [type, key] : [key.slice(0, colon), key.slice(colon + 1)];
  if (namespace === 'node-red') return coreWords().includes(name);
  const owner = namespace.startsWith(OWN_PACKAGE) ? namespace.slice(OWN_PACKAGE.length) : namespace;
  return catalogue(join(ROOT, 'nodes', owner, 'locales', 'en-US', `${owner}.json`)).includes(name);
}

/** The keys of `data-i18n="key"` and `data-i18n="[placeholder]key;[title]key"`. */
function keysInForm(html: string): string[] {
  return [...html.matchAll(/data-i18n="([^"]*)"/g)].flatMap(([, value = '']) =>
    value.split(';').map((part) => part.replace(/^\[\w+\]/, '')),
  );
}

/** The keys that a script asks `RED._('key')` or `this._('key')` for. */
function keysInScript(path: string): string[] {
  const keys: string[] = [];
  walk({ path, text: readFileSync(path, 'utf8') }, (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const [key] = node.arguments;
    if (node.expression.name.text === '_' && key && ts.isStringLiteral(key)) keys.push(key.text);
  });
  return keys;
}

/** What a form calls its fields, by key. */
function labels(file: string, type: string): Record<string, string> {
  return JSON.parse(readFileSync(file, 'utf8'))[type].label;
}

/** What of a help text is the same in every language; names of fields are those of the language's form. */
function bonesOfHelp(html: string, fields: Record<string, string>) {
  const all = (pattern: RegExp): string[] =>
    [...html.matchAll(pattern)].map(([, found = '']) => found.trim());
  const keys = new Map(Object.entries(fields).map(([key, label]) => [label, key]));
  return {
    name: all(/data-help-name="([^"]*)"/g),
    headings: all(/<(h\d)>/g),
    properties: all(/<dt[^>]*>([^<]*)/g).map((name) => keys.get(name) ?? name),
    code: all(/<code>(.*?)<\/code>/gs).sort(),
  };
}

describe('the words of the forms', () => {
  it('are read from every kind of data-i18n', () => {
    const html = '<b data-i18n="a.b"></b><input data-i18n="[placeholder]node-red:c.d;[title]e">';
    assert.deepEqual(keysInForm(html), ['a.b', 'node-red:c.d', 'e']);
    assert(hasWords('node-red:common.label.name', 'memory-sample'));
    assert(!hasWords('node-red:common.label.nonsense', 'memory-sample'));
    assert(!hasWords('memory-sample.label.nonsense', 'memory-sample'));
  });

  for (const { type, folder, form, locales } of folders) {
    it(`of ${type} are all there`, () => {
      const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.ts'),
      );
      const keys = [
        ...(existsSync(form) ? keysInForm(readFileSync(form, 'utf8')) : []),
        ...scripts.flatMap((name) => keysInScript(join(folder, name))),
      ];
      assert.deepEqual(
        keys.filter((key) => !hasWords(key, type)),
        [],
        'without words',
      );
    });

    it(`of ${type} stand under its own name, and are whole in every language`, () => {
      const english = catalogue(join(locales, 'en-US', `${type}.json`));
      assert.deepEqual(
        english.filter((key) => !key.startsWith(`${type}.`)),
        [],
      );
      for (const language of languages) {
        assert.deepEqual(
          catalogue(join(locales, language, `${type}.json`)).sort(),
          [...english].sort(),
          language,
        );
      }
    });

    if (!existsSync(join(locales, 'en-US', `${type}.html`))) continue;
    it(`of ${type} have a help in every language, with the same headings, properties and code`, () => {
      const bones = (language: string) => {
        const file = join(locales, language, type);
        return bonesOfHelp(readFileSync(`${file}.html`, 'utf8'), labels(`${file}.json`, type));
      };
      for (const language of languages) assert.deepEqual(bones(language), bones('en-US'), language);
    });
  }
});
