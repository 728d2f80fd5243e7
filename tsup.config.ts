import { existsSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { defineConfig } from 'tsup';
import { optionalDependencies } from './package.json';
import { nodeFolders } from './tools/build/layout';

/** Every import of `src`, from however deep, becomes the one engine file: its state is one per process. */
const oneEngine: Plugin = {
  name: 'one-engine',
  setup(build) {
    build.onResolve({ filter: /^(\.\.\/)+src(\/|$)/ }, () => ({ path: './engine.js', external: true }));
  },
};

/** Node-RED 4 loads nodes with `require`, Node-RED 5 with `import`, plugins are always required. */
const bothLoaders = 'module.exports = module.exports.default; module.exports.default = module.exports;';

const runtimes = nodeFolders().filter(({ runtime }) => existsSync(runtime));

export default defineConfig([
  {
    entry: { engine: 'src/index.ts' },
    format: 'cjs',
    target: 'node20',
    dts: true,
    // tsup leaves out dependencies by itself, but not optional ones.
    external: Object.keys(optionalDependencies),
    outDir: 'dist',
  },
  {
    entry: { 'snapshot-worker': 'src/census/heap/worker.ts' },
    format: 'cjs',
    target: 'node20',
    outDir: 'dist',
  },
  {
    entry: Object.fromEntries(runtimes.map(({ type, runtime }) => [type, runtime])),
    format: 'cjs',
    target: 'node20',
    outDir: 'dist',
    esbuildPlugins: [oneEngine],
    footer: { js: bothLoaders },
  },
]);
