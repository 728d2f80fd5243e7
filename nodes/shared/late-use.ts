import type { Node } from 'node-red';
import { describeNode, type FlowNode } from '../../src';

/** Warns, on the node that leased a buffer, of one that sent it after it had gone back. */
export function warnOfLateUse(node: Node): (sender: FlowNode) => void {
  return (sender) =>
    node.warn(
      `${describeNode(sender)} sent a pooled buffer after it had said done: the buffer was empty. ` +
        'What this node gets will not be reused from now on.',
    );
}
