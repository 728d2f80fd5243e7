import { setImmediate as turn } from 'node:timers/promises';
import type { NodeMessageInFlow } from 'node-red';
import { expectSchema, type Packet, readPacket, toColumns, toObjects } from '../../src';
import type { NodeContext, NodeLife } from '../shared/define-node';
import { readProperty, withProperty } from '../shared/message';
import type { PackConfig } from './config';
import type { Send } from './packet-sender';
import { packetBytes } from './reading';
import { PackStatus } from './show';

/** Unpacks a packet into one message, or into slices with `msg.parts` that a join node puts together again. */
export function startUnpacking({ RED, config, status }: NodeContext<PackConfig>): NodeLife {
  const { property, output, sliceRecords, schema } = config;
  const shown = new PackStatus(status);
  let stopped = false;

  function cut(packet: Packet, from: number, to: number): unknown {
    return output === 'objects' ? toObjects(packet, from, to, config) : toColumns(packet, from, to, config);
  }

  async function sendSlices(packet: Packet, msg: NodeMessageInFlow, send: Send): Promise<void> {
    const count = Math.max(1, Math.ceil(packet.count / sliceRecords));
    const id = RED.util.generateId();
    const shell = withProperty(RED, msg, property, null); // without the packet, which no slice needs
    for (let index = 0; index < count; index += 1) {
      if (index > 0) await turn();
      if (stopped) throw new Error(`stopped after ${index} of ${count} slices of a packet`);
      const from = index * sliceRecords;
      const slice = withProperty(
        RED,
        RED.util.cloneMessage(shell),
        property,
        cut(packet, from, from + sliceRecords),
      );
      send(Object.assign(slice, { parts: { id, index, count, type: 'array', len: sliceRecords } }));
    }
  }

  return {
    async input(msg, send) {
      const packet = readPacket(packetBytes(readProperty(RED, msg, property), property));
      if (schema.length > 0) expectSchema(packet.schema, schema);
      const { count, bytes, layout } = packet;
      const told = withProperty(RED, msg, 'pack', { records: count, bytes, layout, schema: packet.schema });
      if (sliceRecords > 0) await sendSlices(packet, told, send);
      else send(withProperty(RED, told, property, cut(packet, 0, count)));
      shown.packet(count, bytes);
    },
    stop() {
      stopped = true;
      shown.stop();
    },
  };
}
