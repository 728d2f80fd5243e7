import { registerNode } from '../shared/editor';
import { config, DEFAULT_TYPES } from './config';

registerNode('memory-tally', config, {
  outputs: 2,
  outputLabels: ['values', 'keys that had to go'],
  prepare() {
    for (const property of ['value', 'key', 'property']) {
      $(`#node-input-${property}`).typedInput({ types: ['msg'] });
    }
    $('#node-input-default').typedInput({
      types: DEFAULT_TYPES,
      typeField: '#node-input-defaultType',
      default: 'num',
    });
  },
});
