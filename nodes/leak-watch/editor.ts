import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('leak-watch', config, {
  outputs: 3,
  outputLabels: ['passed', 'diverted', 'verdicts'],
});
