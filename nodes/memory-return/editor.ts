import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-return', config, {
  extra: { pool: { value: '', type: 'memory-pool', required: true } },
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
