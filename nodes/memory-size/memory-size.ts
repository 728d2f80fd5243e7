import { formatBytes, sizeOf } from '../../src';
import { defineNode } from '../shared/define-node';
import { readProperty, withProperty } from '../shared/message';
import { config } from './config';

export default defineNode({
  type: 'memory-size',
  config,
  start({ RED, config: { property, limitBytes }, status }) {
    return {
      input(msg, send) {
        const size = sizeOf(readProperty(RED, msg, property));
        // What was not counted to the end may be of any size: it is not within the limit.
        const isOver = limitBytes > 0 && (size.truncated || size.bytes > limitBytes);
        const text = `${size.truncated ? '> ' : ''}${formatBytes(size.bytes)}`;
        status.show(isOver ? 'act' : 'fine', isOver ? `${text} · over ${formatBytes(limitBytes)}` : text);
        const measured = withProperty(RED, msg, 'size', size);
        send(isOver ? [null, measured] : [measured, null]);
      },
    };
  },
});
