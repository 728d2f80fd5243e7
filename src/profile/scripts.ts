import type { Session } from 'node:inspector';
import type { FlowNode } from '../ledger';
import { post } from './sampler';

/** The nodes whose type one script defines. */
export interface ScriptNodes {
  nodes: FlowNode[];
}

const BRIDGE = Symbol.for('headroom.profile.bridge');
const IN_CONTEXT = `globalThis[Symbol.for('headroom.profile.bridge')]`;

interface Property {
  name: string;
  value?: { objectId?: string; value?: unknown };
}

/**
 * Looks into functions by the inspector: where their code is, and which variables they close over.
 * Some 0.1 ms each.
 */
export class FunctionInspector {
  constructor(readonly session: Session) {}

  /** The script that a function's code is in. */
  scriptOf(fn: object): string | null {
    const location = this.#internal(fn, '[[FunctionLocation]]')?.value as { scriptId?: string } | undefined;
    return location?.scriptId ?? null;
  }

  #internal(fn: object, name: string): Property['value'] {
    const bridge = globalThis as { [BRIDGE]?: unknown };
    bridge[BRIDGE] = fn;
    try {
      const { result } = post(this.session, 'Runtime.evaluate', {
        expression: IN_CONTEXT,
        objectGroup: 'headroom',
      }) as { result: { objectId?: string } };
      const { internalProperties } = post(this.session, 'Runtime.getProperties', {
        objectId: result.objectId,
        ownProperties: true,
      }) as { internalProperties?: Property[] };
      return internalProperties?.find((property) => property.name === name)?.value;
    } finally {
      delete bridge[BRIDGE];
      post(this.session, 'Runtime.releaseObjectGroup', { objectGroup: 'headroom' });
    }
  }
}

/** Which nodes stand behind which script: those whose constructor is in it, or whose package it is a part of. */
export class ScriptIndex {
  readonly #byScript = new Map<string, ScriptNodes>();
  readonly #byPackage = new Map<string, ScriptNodes>();
  readonly #known = new Map<string, ScriptNodes | null>();

  constructor(nodes: Iterable<FlowNode>, inspector: FunctionInspector) {
    const scripts = new Map<unknown, string | null>();
    for (const node of nodes) {
      const type = node.constructor;
      if (isNodeRedsOwn(type)) continue;
      let script = scripts.get(type);
      if (script === undefined) {
        script = inspector.scriptOf(type);
        scripts.set(type, script);
      }
      if (script !== null) collect(this.#byScript, script, node);
      const from = (node as { _module?: { module?: unknown } })._module?.module;
      // Node-RED's own nodes are one package: a file of it says nothing.
      if (typeof from === 'string' && from !== 'node-red') collect(this.#byPackage, from, node);
    }
  }

  readonly ownerOf = (scriptId: string, url: string): ScriptNodes | null => {
    let owner = this.#known.get(scriptId);
    if (owner === undefined) {
      owner = this.#byScript.get(scriptId) ?? this.#byPackage.get(packageOf(url) ?? '') ?? null;
      this.#known.set(scriptId, owner);
    }
    return owner;
  };
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

/** The innermost package that a file is in. */
function packageOf(url: string): string | null {
  return PACKAGE.exec(url)?.[1]?.replaceAll('\\', '/') ?? null;
}
