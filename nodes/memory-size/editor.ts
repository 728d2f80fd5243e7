import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-size', config, {
  outputs: 2,
  outputLabels: ['within the limit', 'over the limit'],
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
