import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFolders } from '../../tools/build/layout';
import { ROOT } from '../../tools/node-red/cell';
import { manifest } from '../support/package';

const { nodes, plugins } = manifest['node-red'];
const folders = nodeFolders(ROOT).map(({ type }) => type);
const there = (...path: string[]): boolean => existsSync(join(ROOT, ...path));
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

/** What every node has; folder = file = type = icon = locale key. */
const partsOfNode = (type: string): string[] => [
  `nodes/${type}/${type}.ts`,
  `nodes/${type}/config.ts`,
  `nodes/${type}/editor.ts`,
  `nodes/${type}/editor.html`,
  `nodes/${type}/locales/en-US/${type}.json`,
  `nodes/${type}/locales/en-US/${type}.html`,
  `icons/${type}.svg`,
  `examples/${type}.json`,
  `test/node/${type}.test.ts`,
];

describe('package.json', () => {
  it('lists exactly the folders of nodes/ as nodes and plugins', () => {
    assert.deepEqual([...Object.keys(nodes), ...Object.keys(plugins)].sort(), [...folders].sort());
  });

  it('points at what the build makes of each', () => {
    for (const [type, file] of Object.entries({ ...nodes, ...plugins })) {
      const ending = there('nodes', type, `${type}.ts`) ? 'js' : 'html';
      assert.equal(file, `dist/${type}.${ending}`);
    }
  });
});

describe('the changelog', () => {
  it('has a section for this version, or for what comes next', () => {
    assert.match(
      read('CHANGELOG.md'),
      new RegExp(`^## .*(${manifest.version.replaceAll('.', '\\.')}|[Uu]nreleased)`, 'm'),
    );
  });
});

for (const type of Object.keys(nodes)) {
  describe(`the node ${type}`, () => {
    it('has all its parts', () => {
      assert.deepEqual(
        partsOfNode(type).filter((part) => !there(part)),
        [],
        'missing',
      );
    });

    it('has a form and a help text under its own name', () => {
      assert(read('nodes', type, 'editor.html').includes(`data-template-name="${type}"`));
      assert(read('nodes', type, 'locales', 'en-US', `${type}.html`).includes(`data-help-name="${type}"`));
    });

    it('has an input in its form for each field of its config', () => {
      const { config } = require(join(ROOT, 'nodes', type, 'config')) as { config: { fields: object } };
      const ids = [...read('nodes', type, 'editor.html').matchAll(/id="node-(?:config-)?input-(\w+)"/g)];
      const inForm = ids.map(([, field]) => field);
      assert.deepEqual(
        Object.keys(config.fields).filter((field) => !inForm.includes(field)),
        [],
        'missing',
      );
    });

    it('stands in its example, whose ids and wires are whole', () => {
      const flow: { id: string; type: string; wires?: string[][] }[] = JSON.parse(
        read('examples', `${type}.json`),
      );
      const ids = flow.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, 'each id once');
      assert(flow.some((node) => node.type === type));
      for (const target of flow.flatMap(({ wires = [] }) => wires.flat()))
        assert(ids.includes(target), target);
    });
  });
}

for (const type of Object.keys(plugins)) {
  describe(`the plugin ${type}`, () => {
    it('has a runtime or an editor part, a locale, and tests', () => {
      assert(there('nodes', type, `${type}.ts`) || there('nodes', type, 'editor.ts'));
      assert(there('nodes', type, 'locales', 'en-US', `${type}.json`));
      assert(['node', 'process', 'editor'].some((layer) => there('test', layer, `${type}.test.ts`)));
    });
  });
}
