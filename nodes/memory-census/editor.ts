import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-census', config, {
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
