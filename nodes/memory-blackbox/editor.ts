import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-blackbox', config, {
  outputs: 2,
  outputLabels: ['how the last run ended', 'safe start'],
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
