import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-tune', config, {
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
