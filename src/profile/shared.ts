import { builtinModules, createRequire } from 'node:module';

import type { FlowNode } from '../ledger';
import { packageOf, packageOfNode } from './scripts';

interface LoadedModule {
  exports: unknown;
}

/**
 * Tells what belongs to everybody, so that no node is blamed for it: other nodes and flows, loaded modules, Node.js
 * itself, web servers. The files of a package that brings nodes are theirs. One check per survey, for modules are loaded
 * all the time.
 */
export function sharedThings(nodes: readonly FlowNode[]): (value: object) => boolean {
  const shared = new Set<unknown>([globalThis, process, console, ...nodes]);
  const load = createRequire(__filename);
  const own = packageOf(__filename);
  const theirs = new Set<string | null>(nodes.map(packageOfNode));
  theirs.delete(own);
  theirs.delete(null);
  // Outside of all packages are files of the setting nodesDir; started from its source, those of this package.
  if (own !== null) theirs.add(null);
  for (const [file, loaded] of Object.entries(load.cache) as [string, LoadedModule | undefined][])
    if (!theirs.has(packageOf(file)) || file === process.argv[1]) shared.add(loaded?.exports);
  // Only those in use: to ask for another would load it.
  const inUse = new Set((process as { moduleLoadList?: string[] }).moduleLoadList ?? []);
  for (const name of builtinModules) if (inUse.has(`NativeModule ${name}`)) shared.add(load(name));
  return (value) => shared.has(value) || isHousehold(value);
}

/** Marks of Node-RED's own objects, express applications and servers, whatever realm or copy they are of. */
const MARKS: readonly (readonly string[])[] = [
  ['_closeCallbacks', '_inputCallback'],
  ['activeNodes', 'subflowInstanceNodes'],
  ['httpAdmin', 'settings'],
  ['_router', 'locals'],
  ['_contexts', '_connectionKey'],
  ['children', 'paths', 'filename'],
];

function isHousehold(value: object): boolean {
  return MARKS.some((names) => names.every((name) => Object.hasOwn(value, name)));
}
