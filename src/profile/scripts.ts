import { type FlowNode, runningNodes } from '../ledger';
import { Inspector } from './inspect';
import type { FlowWorld } from './world';

/** The nodes whose type one script defines. */
export interface ScriptNodes {
  nodes: FlowNode[];
}

/** This file, when built the one of the whole engine: what it makes, profiles too, is for all, and no node's. */
const ENGINE = __filename;

/** Which nodes stand behind which script: those whose constructor is in it, or whose package it is a part of. */
export class ScriptIndex {
  readonly #byScript = new Map<string, ScriptNodes>();
  readonly #byPackage = new Map<string, ScriptNodes>();
  readonly #byType = new Map<object, FlowNode[]>();
  readonly #known = new Map<string, ScriptNodes | null>();

  constructor(nodes: Iterable<FlowNode>, inspector: Inspector) {
    const scripts = new Map<unknown, string | null>();
    for (const node of nodes) {
      const type = node.constructor;
      if (isNodeRedsOwn(type)) continue;
      let script = scripts.get(type);
      if (script === undefined) {
        script = inspector.scriptOf(type);
        scripts.set(type, script);
      }
      const sameType = this.#byType.get(type);
      if (sameType) sameType.push(node);
      else this.#byType.set(type, [node]);
      if (script !== null) collect(this.#byScript, script, node);
      const from = packageOfNode(node);
      if (from !== null) collect(this.#byPackage, from, node);
    }
  }

  /** The constructors, with the nodes each has made. */
  *types(): Generator<{ type: object; nodes: FlowNode[] }> {
    for (const [type, nodes] of this.#byType) yield { type, nodes };
  }

  readonly ownerOf = (scriptId: string, url: string): ScriptNodes | null => {
    let owner = this.#known.get(scriptId);
    if (owner === undefined) {
      owner = this.#byScript.get(scriptId) ?? (url === ENGINE ? undefined : this.#ofPackage(url)) ?? null;
      this.#known.set(scriptId, owner);
    }
    return owner;
  };

  #ofPackage(url: string): ScriptNodes | undefined {
    return this.#byPackage.get(packageOf(url) ?? '');
  }
}

/** @throws SamplerUnavailable */
export function indexOf(world: FlowWorld): ScriptIndex {
  const inspector = new Inspector();
  try {
    return new ScriptIndex(runningNodes(world.flows), inspector);
  } finally {
    inspector.close();
  }
}

/** Subflow instances are bare nodes: every message goes through the script of those. */
function isNodeRedsOwn(type: { prototype?: unknown }): boolean {
  return Object.hasOwn(Object(type.prototype), 'receive');
}

function collect(into: Map<string, ScriptNodes>, key: string, node: FlowNode): void {
  const entry = into.get(key);
  if (entry) entry.nodes.push(node);
  else into.set(key, { nodes: [node] });
}

const PACKAGE = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

/** The package that a node's type came with; null for Node-RED's own, which are one: a file of it says nothing. */
export function packageOfNode(node: FlowNode): string | null {
  const from = (node as { _module?: { module?: unknown } })._module?.module;
  return typeof from === 'string' && from !== 'node-red' ? from : null;
}

/** The innermost package that a file is in. */
export function packageOf(url: string): string | null {
  return PACKAGE.exec(url)?.[1]?.replaceAll('\\', '/') ?? null;
}
