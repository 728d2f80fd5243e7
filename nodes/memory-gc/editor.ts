import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-gc', config, {
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
