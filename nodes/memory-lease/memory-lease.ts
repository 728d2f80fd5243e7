import type { NodeMessageInFlow } from 'node-red';
import { ConfigError, type FlowNode, findPool, type Lease, leaseToFlow, ledger, type Pool } from '../../src';
import { defineNode } from '../shared/define-node';
import { warnOfLateUse } from '../shared/late-use';
import { evaluate, withProperty } from '../shared/message';
import { PoolStatus } from '../shared/pool-status';
import { config } from './config';
import { contentOf } from './content';

export default defineNode({
  type: 'memory-lease',
  config,
  start({ RED, node, config, status }) {
    const { mode, property, size, sizeType } = config;
    const by = node as unknown as FlowNode;
    const figures = new PoolStatus(status);
    const lateUse = warnOfLateUse(node);
    const stopping = new AbortController();

    function poolNow(): Pool {
      const pool = findPool(config.pool);
      if (pool) return pool;
      throw new ConfigError([{ field: 'pool', value: config.pool, expected: 'an enabled memory-pool' }]);
    }

    /** A fixed size is known at once; anything else may take a while (JSONata, context stores). */
    const fixedSize = sizeType === 'num' ? Number(size) : null;

    async function sizeFor(msg: NodeMessageInFlow): Promise<number> {
      const value = await evaluate(RED, node, size, sizeType, msg);
      return typeof value === 'string' && value.trim() !== '' ? Number(value) : (value as number);
    }

    function deliver(
      msg: NodeMessageInFlow,
      lease: Lease,
      watched: boolean,
      send: (msg: object) => void,
    ): void {
      const { pool, id, bytes, capacity, pooled } = lease;
      const token = leaseToFlow(lease, by, ledger, watched, lateUse);
      try {
        const target = withProperty(RED, msg, property, lease.buffer);
        send(Object.assign(target, { lease: { id, bytes, capacity, pool: pool.name, pooled } }));
      } catch (error) {
        if (!token) lease.return();
        throw error;
      } finally {
        // From here on only messages hold it; if none was sent, it goes back at once.
        token?.release();
      }
      figures.used(pool);
    }

    return {
      input(msg, send) {
        const pool = poolNow();
        const { watchesNext } = pool;
        const content =
          mode === 'empty' ? null : contentOf(mode, property, RED.util.getMessageProperty(msg, property));
        const known = content ? content.bytes : fixedSize;
        if (known === 0) {
          send(withProperty(RED, msg, property, Buffer.alloc(0)));
          return;
        }
        const finish = (lease: Lease): void => {
          content?.writeTo(lease.buffer);
          deliver(msg, lease, watchesNext, send as (msg: object) => void);
        };
        if (known !== null && pool.options.onExhausted !== 'wait') return finish(pool.lease(known));
        return Promise.resolve(known ?? sizeFor(msg))
          .then((bytes) => pool.leaseWhenFree(bytes, stopping.signal))
          .then(finish);
      },
      stop() {
        stopping.abort(new Error('the node was stopped'));
        figures.stop();
      },
    };
  },
});
