import type { Node, NodeMessage } from 'node-red';

/** What Node-RED calls when a node is done with a message. */
interface Completing {
  _complete(msg: object, error?: Error): void;
}

/** Hands a message over and resolves when the node is done with it; rejects with what it calls an error. */
export function handOver(node: Node, msg: object): Promise<void> {
  const completing = node as Node & Completing;
  const before = completing._complete;
  return new Promise((resolve, reject) => {
    completing._complete = function complete(done, error) {
      before.call(this, done, error);
      if (done !== msg) return;
      if (error) reject(error);
      else resolve();
    };
    node.receive(msg as NodeMessage);
  });
}

/** Messages that were handed over have gone where they go: each hop of them takes a turn of the event loop. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
