import type { NodeAPI } from 'node-red';

/**
 * The home of what all nodes share: its editor part ships the forms' common code and words once. Plugins load
 * before nodes.
 */
export default (
  RED: NodeAPI & { plugins?: { registerPlugin(id: string, definition: object): void } },
): void => {
  RED.plugins?.registerPlugin('memory-runtime', { type: 'headroom' });
};
