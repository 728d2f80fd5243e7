import { tmpdir } from 'node:os';
import { Census, CensusStopped, ledger, storeNames } from '../../src';
import { defineNode } from '../shared/define-node';
import { withProperty } from '../shared/message';
import { config } from './config';
import { showCensus, showRetainers } from './show';

export default defineNode({
  type: 'memory-census',
  config,
  start({ RED, node, config, status }) {
    const { what, top, compare, folder, property } = config;
    const census = new Census({
      what,
      top,
      compare,
      ledger,
      flows: RED.nodes,
      stores: storeNames(RED.settings.contextStorage),
      except: new Set([node.id]),
      heap: {
        folder: folder || RED.settings.userDir || tmpdir(),
        announce: ({ blockMs }, words) => {
          status.show('act', `taking a heap snapshot, some ${Math.ceil(blockMs / 1_000)} s`);
          node.log(`taking a heap snapshot: ${words}`);
        },
      },
    });
    return {
      async input(msg, send) {
        try {
          const type = typeAsked(msg.payload);
          if (type === null) {
            const result = await census.take();
            showCensus(status, result);
            send(withProperty(RED, msg, property, result));
          } else {
            const retainers = await census.retainers(type);
            showRetainers(status, retainers);
            send(withProperty(RED, msg, property, { time: Date.now(), ...retainers }));
          }
        } catch (error) {
          if (!(error instanceof CensusStopped)) throw error;
        }
      },
      stop: () => census.stop(),
    };
  },
});

/** The type whose retainers are asked for by `payload {type: 'X'}`; null where a census is asked for. */
function typeAsked(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('type' in payload)) return null;
  const { type } = payload;
  if (typeof type === 'string' && type !== '') return type;
  throw new TypeError(
    'payload.type: expected the name of a type on the heap, such as Array or the name of a class',
  );
}
