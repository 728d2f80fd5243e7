/** Builds `dist/`: cleans once, bundles engine, nodes and editor scripts, then copies locales and icons. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsup';
import { buildEditor } from './build/editors';
import { nodeFolders } from './build/layout';
import { copyResources } from './build/resources';

const OUT = 'dist';

async function main(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT);
  await build({ silent: true });
  for (const node of nodeFolders()) {
    if (existsSync(node.editor)) await buildEditor(node, OUT);
    if (existsSync(node.locales)) cpSync(node.locales, join(OUT, 'locales'), { recursive: true });
  }
  cpSync('icons', join(OUT, 'icons'), { recursive: true });
  copyResources();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
