import { inFlight, ledger } from '../../src';
import { defineNode } from '../shared/define-node';
import { withProperty } from '../shared/message';
import { config } from './config';
import { inFlightLevel, inFlightText } from './in-flight-status';

export default defineNode({
  type: 'memory-census',
  config,
  start({ RED, node, config, status }) {
    const { what, top, property } = config;
    const since = Date.now();
    // Messages can only be counted from when somebody asks for it: from the deploy of this node on.
    const unwatch = what.includes('in-flight') ? ledger.watch() : null;
    return {
      input(msg, send) {
        // This node holds the very message that asks.
        const nodes = unwatch ? inFlight(ledger, top, new Set([node.id])) : null;
        if (nodes) status.show(inFlightLevel(nodes), inFlightText(nodes));
        send(withProperty(RED, msg, property, { time: Date.now(), since, inFlight: nodes }));
      },
      stop: () => unwatch?.(),
    };
  },
});
