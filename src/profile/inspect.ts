import type { Session } from 'node:inspector';
import { connect, post } from './sampler';

const BRIDGE = Symbol.for('headroom.profile.bridge');
const IN_CONTEXT = `globalThis[Symbol.for('headroom.profile.bridge')]`;
const GROUP = { objectGroup: 'headroom' };

interface Remote {
  objectId?: string;
  value?: unknown;
}

interface Property {
  name: string;
  value?: Remote;
}

/** What the inspector shows of an object beyond its properties. */
interface Inside {
  internalProperties?: Property[];
  privateProperties?: Property[];
}

/** The variables of one scope that a function closes over, and whether it is the realm's global one. */
export interface Scope {
  kind: string;
  variables: object;
}

/**
 * Looks into functions and objects through the inspector, read only: where code is, which variables it closes over,
 * what stands in private fields. Some 0.1 ms a look. Nothing that was looked at is kept.
 */
export class Inspector {
  readonly #session: Session;

  /** @throws SamplerUnavailable */
  constructor() {
    this.#session = connect();
  }

  /** The script that a function's code is in; null where there is none. */
  scriptOf(fn: object): string | null {
    return this.#look(fn, ({ internalProperties = [] }) => {
      const location = find(internalProperties, '[[FunctionLocation]]')?.value as
        | { scriptId?: string }
        | undefined;
      return location?.scriptId ?? null;
    });
  }

  /** The scopes of a function, innermost first; of a bound function those of its target, and what it is bound to. */
  scopesOf(fn: object): Scope[] {
    return this.#look(fn, ({ internalProperties = [] }) => {
      const target = find(internalProperties, '[[TargetFunction]]');
      if (target) {
        const bound = ['[[BoundThis]]', '[[BoundArgs]]'].map((name) => find(internalProperties, name));
        const values = bound.map((remote) => this.#fetch(remote, 'function () { BRIDGE = this; }'));
        const scopes = this.scopesOf(this.#fetch(target, 'function () { BRIDGE = this; }') as object);
        return [{ kind: 'Bound', variables: values }, ...scopes];
      }
      const scopes = this.#fetch(
        find(internalProperties, '[[Scopes]]'),
        'function () { BRIDGE = Array.from(this, ({ description, object }) => ({ kind: description, variables: object })); }',
      );
      return (scopes as Scope[] | undefined) ?? [];
    });
  }

  /** The values of an object's `#private` fields. */
  privateFields(value: object): unknown[] {
    return this.#look(value, ({ privateProperties = [] }) =>
      privateProperties.map(
        (field) => this.#fetch(field.value, 'function () { BRIDGE = this; }') ?? field.value?.value,
      ),
    );
  }

  close(): void {
    this.#session.disconnect();
  }

  #look<T>(value: object, read: (inside: Inside) => T): T {
    const bridge = globalThis as { [BRIDGE]?: unknown };
    bridge[BRIDGE] = value;
    try {
      const { result } = post(this.#session, 'Runtime.evaluate', { expression: IN_CONTEXT, ...GROUP }) as {
        result: Remote;
      };
      const { objectId } = result;
      return read(post(this.#session, 'Runtime.getProperties', { objectId, ownProperties: true }) as Inside);
    } finally {
      delete bridge[BRIDGE];
      post(this.#session, 'Runtime.releaseObjectGroup', GROUP);
    }
  }

  /** Brings a remote object over to this side, or what `code` makes of it. */
  #fetch(remote: Remote | undefined, code: string): unknown {
    if (!remote?.objectId) return undefined;
    const functionDeclaration = code.replaceAll('BRIDGE', IN_CONTEXT);
    post(this.#session, 'Runtime.callFunctionOn', {
      objectId: remote.objectId,
      functionDeclaration,
      silent: true,
    });
    return (globalThis as { [BRIDGE]?: unknown })[BRIDGE];
  }
}

function find(properties: readonly Property[], name: string): Remote | undefined {
  return properties.find((property) => property.name === name)?.value;
}
