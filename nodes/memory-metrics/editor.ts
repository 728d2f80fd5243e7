import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-metrics', config, { inputs: 0, outputs: 0 });
