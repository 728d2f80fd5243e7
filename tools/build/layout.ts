import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of one node type or plugin: folder = file = type = icon = locale key. */
export interface NodeFolder {
  type: string;
  folder: string;
  runtime: string;
  editor: string;
  form: string;
  locales: string;
}

const NODES = 'nodes';
/** Glue for all nodes, no node of its own. */
const SHARED = 'shared';

export function nodeFolders(root = '.'): NodeFolder[] {
  return readdirSync(join(root, NODES), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== SHARED)
    .map(({ name: type }) => {
      const folder = join(root, NODES, type);
      return {
        type,
        folder,
        runtime: join(folder, `${type}.ts`),
        editor: join(folder, 'editor.ts'),
        form: join(folder, 'editor.html'),
        locales: join(folder, 'locales'),
      };
    });
}

/** The node types that package.json names, in its order; plugins are none. */
export function nodeTypes(root = '.'): string[] {
  return Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))['node-red'].nodes);
}
