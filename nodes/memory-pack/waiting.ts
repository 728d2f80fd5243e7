import type { Node, NodeAPI } from 'node-red';
import { type Packet, packColumns, type RecordBatch, readPacket } from '../../src';
import { CarriedOver } from '../shared/carried-over';

const KEY = 'waiting';

/** Packets of records that wait for the next start of their node. */
const carried = new CarriedOver<Buffer>();

/** Records that wait while the node restarts, as a packet. */
export interface Waiting {
  /** Keeps a batch for the next start; where there will be none, says what is lost. */
  keep(batch: RecordBatch | null, removed: boolean): Promise<void>;
}

/**
 * Hands over what waited when the node last stopped, and keeps what waits when it stops again: over a deploy in
 * memory, over a restart of Node-RED in a context store on disk where one is named.
 */
export function waitingRecords(
  RED: NodeAPI,
  node: Node,
  storeName: string,
  restore: (packet: Packet, bytes: Buffer) => void,
  fail: (error: unknown) => void,
): Waiting {
  const context = node.context();

  function save(text: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      context.set(KEY, text, storeName, (error: Error | null | undefined) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  function take(bytes: Buffer): void {
    try {
      restore(readPacket(bytes), bytes);
    } catch (error) {
      fail(new Error(`what waited cannot be restored: ${(error as Error).message}`, { cause: error }));
    }
  }

  const left = carried.take(node.id);
  if (left) take(left);
  if (storeName !== '') {
    context.get(KEY, storeName, (error: Error | null, text: unknown) => {
      if (error) fail(error);
      if (typeof text !== 'string') return;
      if (!left) take(Buffer.from(text, 'base64'));
      save(undefined).catch(fail);
    });
  }

  return {
    async keep(batch, removed) {
      if (!batch) return;
      const { count } = batch;
      if (removed) return node.warn(`the node was deleted: ${count} waiting records dropped`);
      const bytes = packColumns(batch, { compression: 'auto' });
      carried.keep(RED, node.id, bytes, () => {
        const kept = storeName === '' ? 'dropped' : `kept in ${storeName}`;
        RED.log.warn(`memory-pack ${node.id} did not start again: ${count} waiting records ${kept}`);
      });
      node.log(`${count} records wait for the next start of this node`);
      if (storeName !== '') await save(bytes.toString('base64'));
    },
  };
}
