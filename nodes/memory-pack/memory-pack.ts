import { defineNode } from '../shared/define-node';
import { config } from './config';
import { startPacking } from './packing';
import { startUnpacking } from './unpacking';

export default defineNode({
  type: 'memory-pack',
  config,
  start(context) {
    return context.config.direction === 'pack' ? startPacking(context) : startUnpacking(context);
  },
});
