import { ConfigError, findPool, leaseOf, ledger, returnFromFlow } from '../../src';
import { defineNode } from '../shared/define-node';
import { PoolStatus } from '../shared/pool-status';
import { config } from './config';

export default defineNode({
  type: 'memory-return',
  config,
  start({ RED, config, status }) {
    const { property } = config;
    const figures = new PoolStatus(status);
    return {
      input(msg, send) {
        const pool = findPool(config.pool);
        if (!pool) {
          throw new ConfigError([{ field: 'pool', value: config.pool, expected: 'an enabled memory-pool' }]);
        }
        const value = RED.util.getMessageProperty(msg, property);
        const lease = ArrayBuffer.isView(value) ? leaseOf(value) : undefined;
        if (!lease && !isEmpty(value)) {
          throw new TypeError(
            `property: msg.${property} is no leased Buffer, expected one of pool ${pool.name}`,
          );
        }
        if (lease && lease.pool !== pool) {
          throw new TypeError(
            `pool: msg.${property} was leased from ${lease.pool.name}, not from ${pool.name}`,
          );
        }
        if (lease) returnFromFlow(lease, ledger);
        figures.used(pool);
        RED.util.setMessageProperty(msg, property, undefined);
        RED.util.setMessageProperty(msg, 'lease', undefined);
        send(msg);
      },
      stop: () => figures.stop(),
    };
  },
});

/** Nothing was leased for no bytes. */
function isEmpty(value: unknown): boolean {
  return Buffer.isBuffer(value) && value.length === 0;
}
