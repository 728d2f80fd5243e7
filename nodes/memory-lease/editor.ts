import { registerNode } from '../shared/editor';
import { config, SIZE_TYPES } from './config';

registerNode('memory-lease', config, {
  extra: { pool: { value: '', type: 'memory-pool', required: true } },
  prepare() {
    $('#node-input-size').typedInput({
      types: SIZE_TYPES,
      typeField: '#node-input-sizeType',
      default: 'num',
    });
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
