import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('leak-watch', config, {
  outputs: 3,
  outputLabels: ['passed', 'diverted', 'verdicts'],
  prepare() {
    for (const property of ['value', 'key', 'time']) {
      $(`#node-input-${property}`).typedInput({ types: ['msg'] });
    }
    $('#node-input-limitBytes').typedInput({
      types: [
        {
          value: 'num',
          label: RED._('@headroom/node-red-memory/leak-watch:leak-watch.limitBytesType.num'),
          hasValue: true,
        },
        'msg',
      ],
      typeField: '#node-input-limitBytesType',
      default: 'num',
    });
  },
});
