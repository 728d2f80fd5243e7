import { registerNode } from '../shared/editor';
import { BYTES_TYPES, config, TEXT_TYPES } from './config';

registerNode('memory-scope', config, {
  outputs: 2,
  outputLabels: ['body', 'end'],
  prepare() {
    for (const field of ['path', 'permit']) {
      $(`#node-input-${field}`).typedInput({ types: TEXT_TYPES, typeField: `#node-input-${field}Type` });
    }
    const [, ...elsewhere] = BYTES_TYPES;
    $('#node-input-budgetBytes').typedInput({
      types: [
        {
          value: 'num',
          label: RED._('@headroom/node-red-memory/memory-scope:memory-scope.budgetBytesType.num'),
          hasValue: true,
        },
        ...elsewhere,
      ],
      typeField: '#node-input-budgetBytesType',
      default: 'num',
    });
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
