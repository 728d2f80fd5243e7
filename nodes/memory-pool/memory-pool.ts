import { closePool, describeLeak, openPool } from '../../src';
import { defineNode } from '../shared/define-node';
import { config } from './config';

export default defineNode({
  type: 'memory-pool',
  config,
  start({ node, config }) {
    const pool = openPool(node.id, node.name || node.id, config);
    pool.onLeak = (report) => node.warn(describeLeak(report));
    return {
      // A restart finds the pool again by its id, with what is still leased from it.
      stop: (removed) => closePool(node.id, removed),
    };
  },
});
