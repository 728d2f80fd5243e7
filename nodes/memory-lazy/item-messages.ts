import type { NodeAPI, NodeMessage } from 'node-red';
import type { Portion } from '../../src';
import type { LazyConfig } from './config';

type Properties = Record<PropertyKey, unknown>;

/**
 * The messages of one run: the properties of the message that began it, the item as payload, and `parts` as core
 * split makes them. What the items come from is left out: each message would carry the whole array otherwise.
 */
export class ItemMessages {
  readonly #base: Properties;
  /** Properties that are objects: each message gets its own, as from core split. */
  readonly #shared: readonly string[];
  readonly #parts: Properties;

  constructor(
    readonly RED: NodeAPI,
    msg: NodeMessage,
    { source, batch, from, fromType }: LazyConfig,
  ) {
    this.#base = fromType === 'msg' ? without(RED, msg as Properties, from) : { ...msg };
    this.#shared = Object.keys(this.#base).filter((key) => isObject(this.#base[key]) && key !== 'payload');
    this.#parts = { id: RED.util.generateId(), ...kindOfParts(source, batch) };
    if (isObject(this.#base.parts)) this.#parts.parts = this.#base.parts;
  }

  item({ value, index, count }: Portion): Properties {
    const parts = copy(this.#parts);
    parts.index = index;
    if (count !== null) parts.count = count;
    const msg = this.plain();
    msg.payload = value;
    msg.parts = parts;
    return msg;
  }

  /** The message that began the run, without what the items come from. */
  plain(): Properties {
    const msg = copy(this.#base);
    for (const key of this.#shared)
      msg[key] = this.RED.util.cloneMessage({ [key]: msg[key] } as NodeMessage)[key as never];
    return msg;
  }
}

/** How core join puts them together again: lines into a text, chunks into a Buffer, anything else into an array. */
function kindOfParts(source: LazyConfig['source'], batch: number): Properties {
  if (batch > 1) return { type: 'array', len: batch };
  if (source === 'lines') return { type: 'string', ch: '\n' };
  if (source === 'chunks') return { type: 'buffer' };
  return { type: 'array', len: 1 };
}

/** A copy of a message without the object at a path; texts and numbers, such as a file's name, stay. */
function without(RED: NodeAPI, msg: Properties, path: string): Properties {
  const rest = copy(msg);
  let place: Properties = rest;
  const steps = RED.util.normalisePropertyExpression(path) as string[];
  for (const step of steps.slice(0, -1)) {
    const inner = place[step];
    if (!isObject(inner)) return rest;
    place[step] = Array.isArray(inner) ? [...inner] : { ...inner };
    place = place[step] as Properties;
  }
  const last = steps.at(-1) ?? '';
  if (isObject(place[last])) delete place[last];
  return rest;
}

/**
 * Not by spreading: V8 of Node.js 20 makes each property that is added to such an object later, here or in the nodes
 * behind, a new hidden class of this one object. That took more time than all the rest of sending it, and filled the
 * old space.
 */
function copy(properties: Properties): Properties {
  return Object.assign({}, properties);
}

function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null;
}
