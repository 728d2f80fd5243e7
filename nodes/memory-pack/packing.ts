import type { NodeMessage } from 'node-red';
import {
  describeSchema,
  loadArrow,
  type Packet,
  packColumns,
  RecordBatch,
  RecordCollector,
  toArrow,
  toObjects,
} from '../../src';
import type { NodeContext, NodeLife } from '../shared/define-node';
import { readProperty } from '../shared/message';
import type { PackConfig } from './config';
import { PacketSender, type Send } from './packet-sender';
import { columnsOf, controlOf } from './reading';
import { PackStatus } from './show';
import { waitingRecords } from './waiting';

/** Packs lists and columns at once, and single records when enough of them wait. */
export function startPacking(context: NodeContext<PackConfig>): NodeLife {
  const { RED, node, config, status, fail } = context;
  const { schema, property, format } = config;
  const limits = { records: config.batchRecords, ms: config.batchMs, bytes: config.batchBytes };
  const collector = new RecordCollector(
    schema,
    limits,
    config,
    () => void flush(last, sendByNode).catch(fail),
  );
  const shown = new PackStatus(status, () => collector.count);
  const sender = new PacketSender(context);
  /** What goes along when time makes a batch due: what came with the last of its records. */
  let last: NodeMessage = {};
  let warnedOfExtra = false;
  // What cannot be loaded should be known before records wait for it.
  const ready = format === 'arrow' ? loadArrow() : null;
  ready?.catch(fail);

  const sendByNode: Send = (msg) => node.send(msg);

  async function emit(batch: RecordBatch, msg: NodeMessage, send: Send): Promise<void> {
    const { count, extra } = batch;
    const bytes = format === 'arrow' ? await toArrow(batch) : packColumns(batch, config);
    if (extra.fields > 0 && !warnedOfExtra) {
      warnedOfExtra = true;
      node.warn(`fields that are not in the schema are left out: ${extra.names.join(', ')}`);
    }
    const facts = { records: count, bytes: bytes.length, format, leftOut: extra.fields };
    await sender.send(bytes, facts, msg, send);
    shown.packet(count, bytes.length);
  }

  /** Packs what waits; an error says how many records it cost. */
  async function flush(msg: NodeMessage, send: Send): Promise<void> {
    const batch = collector.take();
    last = {};
    if (!batch) return;
    try {
      await emit(batch, msg, send);
    } catch (error) {
      throw new Error(`${batch.count} records are lost: ${(error as Error).message}`, { cause: error });
    }
  }

  function collect(record: unknown, msg: NodeMessage, send: Send): Promise<void> | undefined {
    collector.add(record);
    if (collector.due) return flush(msg, send);
    const { req, res, ...rest } = msg as NodeMessage & { req?: unknown; res?: unknown };
    last = property === 'payload' ? { ...rest, payload: undefined } : rest;
    shown.changed();
    return undefined;
  }

  /** What waited under another schema is a packet of its own. */
  function restore(packet: Packet, bytes: Buffer): void {
    if (describeSchema(packet.schema) === describeSchema(schema)) {
      for (const record of toObjects(packet)) collector.add(record);
      shown.changed();
    } else {
      const facts = { records: packet.count, bytes: bytes.length, format: 'own', leftOut: 0 };
      sender.sendAtStart(bytes, facts, sendByNode, fail);
    }
  }

  const waiting = waitingRecords(RED, node, config.stateStore, restore, fail);

  return {
    async input(msg, send) {
      await ready;
      const control = controlOf(msg);
      if (control === 'flush') return flush(msg, send);
      sender.check();
      const value = readProperty(RED, msg, property);
      const columns = columnsOf(value, schema);
      if (!columns && !Array.isArray(value)) return collect(value, msg, send);
      const batch = new RecordBatch(schema, config);
      if (columns) batch.addColumns(columns);
      else batch.addAll(value as unknown[]);
      return emit(batch, msg, send);
    },
    async stop(removed) {
      shown.stop();
      sender.stop();
      await waiting.keep(collector.take(), removed);
    },
  };
}
