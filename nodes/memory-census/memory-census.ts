import { Census, ledger, storeNames } from '../../src';
import { defineNode } from '../shared/define-node';
import { withProperty } from '../shared/message';
import { config } from './config';
import { showCensus } from './show';

export default defineNode({
  type: 'memory-census',
  config,
  start({ RED, node, config, status }) {
    const { property, ...options } = config;
    const census = new Census({
      ...options,
      ledger,
      flows: RED.nodes,
      stores: storeNames(RED.settings?.contextStorage),
      except: new Set([node.id]),
    });
    return {
      async input(msg, send) {
        const result = await census.take();
        if (census.stopped) return;
        showCensus(status, result);
        send(withProperty(RED, msg, property, result));
      },
      stop: () => census.stop(),
    };
  },
});
