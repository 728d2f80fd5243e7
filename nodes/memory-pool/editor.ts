import { registerNode } from '../shared/editor';
import { config } from './config';

registerNode('memory-pool', config, { category: 'config' });
