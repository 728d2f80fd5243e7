import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { Config } from '../../src';
import { StatusLine } from './status';

/** One message, or one per output: what a node sends. */
export type Outgoing = NodeMessage | (NodeMessage | NodeMessage[] | null)[];

/** What a node works with, made anew at each deploy. */
export interface NodeContext<C> {
  RED: NodeAPI;
  node: Node;
  config: C;
  status: StatusLine;
  /** Tells of an error that no message caused: status, log and catch nodes. */
  fail(error: unknown): void;
}

/** A running node. Both parts may be async; what they throw reaches status and catch nodes. */
export interface NodeLife {
  input?(msg: NodeMessageInFlow, send: (outgoing: Outgoing) => void): void | Promise<void>;
  /** Gives back everything. `removed` is true when the node was deleted, false when it only restarts. */
  stop?(removed: boolean): void | Promise<void>;
}

export interface NodeType<C> {
  type: string;
  config: Config<C>;
  start(context: NodeContext<C>): NodeLife;
}

/**
 * Makes a node type of a config and a `start`: parses the config, hands over messages, stops. A config that
 * does not parse turns the node red with the reason and refuses messages; it never throws at deploy.
 */
export function defineNode<C extends object>(definition: NodeType<C>): (RED: NodeAPI) => void {
  return (RED) => {
    RED.nodes.registerType(definition.type, function construct(this: Node, raw: NodeDef) {
      RED.nodes.createNode(this, raw);
      run(RED, this, raw, definition);
    });
  };
}

function run<C extends object>(RED: NodeAPI, node: Node, raw: NodeDef, definition: NodeType<C>): void {
  const status = new StatusLine(node);

  function fail(error: unknown): void {
    const { message } = show(error);
    node.error(message);
  }

  /** An Error for `done`, its reason already on the node. */
  function show(error: unknown): Error {
    const shown = error instanceof Error ? error : new Error(reasonOf(error));
    status.show('act', shorten(shown.message));
    return shown;
  }

  function begin(): NodeLife {
    try {
      const config = definition.config.parseOrThrow({ ...raw });
      return definition.start({ RED, node, config, status, fail });
    } catch (error) {
      const refusal = show(error);
      node.error(refusal.message);
      return {
        input() {
          throw refusal;
        },
      };
    }
  }

  const life = begin();

  node.on('input', (msg, send, done) => {
    const refuse = (error: unknown): void => done(show(error));
    try {
      const pending = life.input?.(msg, send as (outgoing: Outgoing) => void);
      if (pending) pending.then(() => done(), refuse);
      else done();
    } catch (error) {
      refuse(error);
    }
  });

  node.on('close', async (removed: boolean, done: () => void) => {
    try {
      await inTime(life.stop?.(removed));
    } catch (error) {
      fail(error);
    }
    done(); // always: a close without done holds up the whole deploy for 15 s
  });
}

/** However long a node takes to stop, the deploy goes on after this. */
const STOP_WITHIN_MS = 5_000;

async function inTime(stopping: void | Promise<void>): Promise<void> {
  if (!stopping) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not stop within ${STOP_WITHIN_MS} ms`)), STOP_WITHIN_MS);
  });
  await Promise.race([stopping, late]).finally(() => clearTimeout(timer));
}

/** JSONata rejects with plain objects that have a message. */
function reasonOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

const LONGEST_STATUS = 80;

function shorten(text: string): string {
  return text.length > LONGEST_STATUS ? `${text.slice(0, LONGEST_STATUS - 1)}…` : text;
}
