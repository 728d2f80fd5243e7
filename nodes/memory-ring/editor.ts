import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-ring', config, {
  outputs: 2,
  outputLabels: ['window or figures', 'keys that had to go'],
  prepare() {
    for (const property of ['value', 'key', 'time', 'property']) {
      $(`#node-input-${property}`).typedInput({ types: ['msg'] });
    }
  },
});
