import assert from 'node:assert/strict';
import { brokenImportRules, nodeModulesInBrowser } from '../support/import-rules';
import { dependencies } from '../support/package';
import { filesBelow } from '../support/source';

const files = [...filesBelow('src'), ...filesBelow('nodes')];

describe('the import rules', () => {
  it('are kept by every file of the engine and the nodes', () => {
    assert(files.length > 30);
    assert.deepEqual(brokenImportRules(files, dependencies), []);
  });

  it('keep Node.js out of all that runs in the browser, however deep', () => {
    assert.deepEqual(nodeModulesInBrowser(files), []);
  });

  for (const [path, text, kept] of [
    ['src/gc/observe.ts', "import v8 from 'node:v8';", true],
    ['src/gc/observe.ts', "import { x } from '../sample/text';", true],
    ['src/gc/observe.ts', "import { x } from 'declared/deep';", true],
    ['src/gc/observe.ts', "import RED from 'node-red';", false],
    ['src/gc/observe.ts', "import type { NodeAPI } from 'node-red';", false],
    ['src/gc/observe.ts', "type Api = import('node-red').NodeAPI;", false],
    ['src/gc/observe.ts', "const util = require('@node-red/util');", false],
    ['src/gc/observe.ts', "const later = import('lodash');", false],
    ['src/gc/observe.ts', "export * from '../../nodes/shared/status';", false],
    ['src/gc/observe.ts', "import fs from 'fs';", false],
    ['src/config/text.ts', "import { x } from './field';", true],
    ['src/config/text.ts', "import { x } from '../gc/observe';", false],
    ['src/config/text.ts', "import { Buffer } from 'node:buffer';", false],
    ['src/config/text.ts', "import { x } from 'declared';", false],
    ['nodes/memory-x/memory-x.ts', "import { x } from '../../src';", true],
    ['nodes/memory-x/memory-x.ts', "import { x } from '../../src/config';", true],
    ['nodes/memory-x/memory-x.ts', "import { x } from '../shared/status';", true],
    ['nodes/memory-x/memory-x.ts', "import { x } from './parts/one';", true],
    ['nodes/memory-x/memory-x.ts', "import type { NodeAPI } from 'node-red';", true],
    ['nodes/memory-x/memory-x.ts', "import { type NodeAPI, type Node } from 'node-red';", true],
    ['nodes/memory-x/memory-x.ts', "import RED, { type Node } from 'node-red';", false],
    ['nodes/memory-x/memory-x.ts', "import { x } from '../../src/gc/observe';", false],
    ['nodes/memory-x/memory-x.ts', "import { x } from '../memory-y/config';", false],
    ['nodes/memory-x/memory-x.ts', "import { x } from '../shared/editor';", false],
    ['nodes/memory-x/memory-x.ts', "import { x } from 'declared';", false],
    ['nodes/shared/status.ts', "import { x } from '../memory-x/config';", false],
    ['nodes/shared/status.ts', "import { x } from '../../src/sample/sample';", false],
    ['nodes/memory-x/config.ts', "import { x } from '../../src/config';", true],
    ['nodes/memory-x/config.ts', "import { x } from '../../src';", false],
    ['nodes/memory-x/config.ts', "import os from 'node:os';", false],
    ['nodes/memory-x/editor.ts', "import { x } from '../shared/editor';", true],
    ['nodes/memory-x/editor.ts', "import { x } from './config';", true],
    ['nodes/memory-x/editor.ts', "import { x } from './memory-x';", false],
    ['nodes/memory-x/editor.ts', "import { x } from '../shared/define-node';", false],
    ['nodes/memory-x/editor.ts', "import $ from 'jquery';", false],
    ['nodes/memory-x/editor.ts', "import { x } from './editor/chart';", true],
    ['nodes/memory-x/editor/chart.ts', "import { x } from './lines';", true],
    ['nodes/memory-x/editor/chart.ts', "import type { X } from '../../../src/report/shape';", true],
    ['nodes/memory-x/editor/chart.ts', "import { x } from '../../../src/report/shape';", false],
    ['nodes/memory-x/editor/chart.ts', "import { x } from '../memory-x';", false],
    ['nodes/memory-x/editor/chart.ts', "import os from 'node:os';", false],
    ['nodes/shared/editor/form.ts', "import { x } from '../../../src/config';", true],
    ['nodes/shared/editor/form.ts', "import { join } from 'node:path';", false],
  ] as const) {
    it(`${kept ? 'allow' : 'refuse'} in ${path}: ${text}`, () => {
      assert.equal(brokenImportRules([{ path, text }], ['declared']).length, kept ? 0 : 1);
    });
  }

  it('find a module of Node.js behind a config that imports a file of its own folder', () => {
    const way = [
      { path: 'nodes/memory-x/editor.ts', text: "import { config } from './config';" },
      {
        path: 'nodes/memory-x/config.ts',
        text: "import { list } from './lists';\nimport type { T } from './types';",
      },
      { path: 'nodes/memory-x/lists.ts', text: "import os from 'node:os';" },
      { path: 'nodes/memory-x/types.ts', text: "import fs from 'node:fs';" },
    ];
    assert.deepEqual(nodeModulesInBrowser(way), [
      'nodes/memory-x/editor.ts > nodes/memory-x/config.ts > nodes/memory-x/lists.ts > node:os',
      'nodes/memory-x/config.ts > nodes/memory-x/lists.ts > node:os',
    ]);
  });
});
