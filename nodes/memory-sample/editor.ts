import { registerNode } from '../shared/editor';
import { config, TARGET_VALUE_TYPES } from './config';

registerNode('memory-sample', config, {
  prepare() {
    $('#node-input-targetValue').typedInput({
      types: TARGET_VALUE_TYPES,
      typeField: '#node-input-targetValueType',
      default: 'str',
    });
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
