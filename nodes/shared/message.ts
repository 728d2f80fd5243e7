import type { NodeAPI, NodeMessage } from 'node-red';

/**
 * Puts a result into a message and returns the message to send: the same one, or a copy where it is frozen.
 * Throws where the path leads through something that is no object.
 */
export function withProperty<M extends NodeMessage>(
  RED: NodeAPI,
  msg: M,
  property: string,
  value: unknown,
): M {
  const target = Object.isExtensible(msg) ? msg : { ...msg };
  let written = false;
  try {
    RED.util.setMessageProperty(target, property, value, true);
    // Node-RED says "written" even where a frozen object on the way has refused: look.
    written = Object.is(RED.util.getMessageProperty(target, property), value);
  } catch {
    // no object on the way: said below
  }
  if (!written)
    throw new TypeError(`property: msg.${property} cannot be set, expected a path through plain objects`);
  return target;
}

/** Resolves a TypedInput (`x` and `xType`) for a message. Rejects with the input's own error, JSONata's for one. */
export function evaluate(
  RED: NodeAPI,
  node: Parameters<NodeAPI['util']['evaluateNodeProperty']>[2],
  value: string,
  type: string,
  msg: NodeMessage,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    RED.util.evaluateNodeProperty(value, type, node, msg, (error, result) =>
      error ? reject(error) : resolve(result),
    );
  });
}

/** A msg property by its path; undefined where the path leads nowhere. */
export function readProperty(RED: NodeAPI, msg: NodeMessage, path: string): unknown {
  try {
    return RED.util.getMessageProperty(msg, path);
  } catch {
    return undefined;
  }
}
