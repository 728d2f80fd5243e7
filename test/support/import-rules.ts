import { posix } from 'node:path';
import { type Import, importsOf, type SourceFile } from './source';

/** The import rules of the house, for one file. */
interface Rule {
  applies(path: string): boolean;
  /** Said to whoever breaks it. */
  rule: string;
  allows(target: Target, importer: string): boolean;
}

/** What an import leads to: a path of the repository without its ending, or the name of a package. */
interface Target extends Import {
  path: string | null;
}

const ENGINE_DOOR = 'src';
const CONFIG_DOOR = 'src/config';
/** What is sent to a browser, as types only. */
const SHAPES = 'src/report/shape';

const isEditorCode = (path: string): boolean =>
  path.startsWith('nodes/shared/editor/') || /^nodes\/[^/]+\/editor(\.ts$|\/)/.test(path);
const isConfig = (path: string): boolean => /^nodes\/[^/]+\/config\.ts$/.test(path);
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const below = (folder: string, path: string | null): boolean =>
  path !== null && (path === folder || path.startsWith(`${folder}/`));
const isNode = ({ from }: Import): boolean => from.startsWith('node:');

export function importRules(dependencies: readonly string[]): Rule[] {
  const declared = ({ from }: Import): boolean =>
    dependencies.some((name) => from === name || from.startsWith(`${name}/`));
  return [
    {
      applies: (path) => path.startsWith('src/config/'),
      rule: 'src/config imports nothing but itself: it runs in the browser too',
      allows: ({ path }) => below(CONFIG_DOOR, path),
    },
    {
      applies: (path) => path.startsWith('src/') && !path.startsWith('src/config/'),
      rule: 'src imports node: modules, declared dependencies and itself, never Node-RED',
      allows: (target) => below('src', target.path) || isNode(target) || declared(target),
    },
    {
      applies: isEditorCode,
      rule: 'editor code imports nodes/shared/editor, the door src/config, its own config and editor folder, and types of src/report/shape',
      allows: ({ path, typeOnly }, importer) =>
        path === CONFIG_DOOR ||
        below('nodes/shared/editor', path) ||
        path === `${folderOf(importer)}/config` ||
        below(`${folderOf(importer)}/editor`, path) ||
        (path === SHAPES && typeOnly),
    },
    {
      applies: isConfig,
      rule: 'a config module imports the door src/config and its own folder',
      allows: ({ path }, importer) => path === CONFIG_DOOR || below(folderOf(importer), path),
    },
    {
      applies: (path) => path.startsWith('nodes/') && !isEditorCode(path) && !isConfig(path),
      rule: "a node imports the engine's doors, nodes/shared, its own folder, node: modules, and Node-RED's types",
      allows: (target, importer) =>
        target.path === ENGINE_DOOR ||
        target.path === CONFIG_DOOR ||
        (below('nodes/shared', target.path) && !below('nodes/shared/editor', target.path)) ||
        below(folderOf(importer), target.path) ||
        isNode(target) ||
        (target.from === 'node-red' && target.typeOnly),
    },
  ];
}

/** What these files import against the rules, as `file: import: rule`. */
export function brokenImportRules(files: readonly SourceFile[], dependencies: readonly string[]): string[] {
  const rules = importRules(dependencies);
  return files.flatMap((file) =>
    targetsOf(file).flatMap((target) =>
      rules
        .filter((rule) => rule.applies(file.path) && !rule.allows(target, file.path))
        .map(({ rule }) => `${file.path} imports ${target.from}: ${rule}`),
    ),
  );
}

/** Code for the browser that comes to a module of Node.js, however many files lie between. */
export function nodeModulesInBrowser(files: readonly SourceFile[]): string[] {
  const known = new Map(files.map((file) => [withoutEnding(file.path), file]));
  const found: string[] = [];

  function follow(file: SourceFile, way: readonly string[], seen: Set<SourceFile>): void {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { from, path } of targetsOf(file).filter(({ typeOnly }) => !typeOnly)) {
      const next = path === null ? undefined : (known.get(path) ?? known.get(`${path}/index`));
      if (path === null) found.push([...way, file.path, from].join(' > '));
      else if (next) follow(next, [...way, file.path], seen);
    }
  }

  for (const file of files) {
    if (isEditorCode(file.path) || isConfig(file.path)) follow(file, [], new Set());
  }
  return found;
}

function targetsOf(file: SourceFile): Target[] {
  return importsOf(file).map((imported) => ({
    ...imported,
    path: imported.from.startsWith('.')
      ? withoutEnding(posix.join(posix.dirname(file.path), imported.from)).replace(/\/index$/, '')
      : null,
  }));
}

function withoutEnding(path: string): string {
  return path.replace(/\.(ts|js|json)$/, '').replace(/\/$/, '');
}
