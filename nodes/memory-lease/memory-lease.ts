import type { NodeMessageInFlow } from 'node-red';
import type { Lease } from '../../src';
import { defineNode } from '../shared/define-node';
import { Leasing } from '../shared/leasing';
import { evaluate, withProperty } from '../shared/message';
import { PoolStatus } from '../shared/pool-status';
import { config } from './config';
import { contentOf } from './content';

export default defineNode({
  type: 'memory-lease',
  config,
  start(context) {
    const { RED, node, config, status } = context;
    const { mode, property, size, sizeType } = config;
    const leasing = new Leasing(context, config.pool);
    const figures = new PoolStatus(status);

    /** A fixed size is known at once; anything else may take a while (JSONata, context stores). */
    const fixedSize = sizeType === 'num' ? Number(size) : null;

    async function sizeFor(msg: NodeMessageInFlow): Promise<number> {
      const value = await evaluate(RED, node, size, sizeType, msg);
      return typeof value === 'string' && value.trim() !== '' ? Number(value) : (value as number);
    }

    return {
      input(msg, send) {
        const pool = leasing.pool();
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
          leasing.send(lease, watchesNext, msg, property, send);
          figures.used(pool);
        };
        if (known !== null && pool.options.onExhausted !== 'wait') return finish(pool.lease(known));
        return Promise.resolve(known ?? sizeFor(msg))
          .then((bytes) => leasing.leaseWhenFree(bytes))
          .then(finish);
      },
      stop() {
        leasing.stop();
        figures.stop();
      },
    };
  },
});
