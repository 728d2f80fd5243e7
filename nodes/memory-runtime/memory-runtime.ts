import type { NodeAPI } from 'node-red';
import { profiler } from '../../src';
import { serveAdminApi } from './admin/admin-api';
import { flowWorld } from './flow-world';
import { followMessages } from './follow-messages';

/**
 * The home of what all nodes share: its editor part ships the forms' common code and words once, its runtime part
 * lets the ledger follow messages and the profiler see the nodes, and serves the admin API. Plugins load before nodes.
 */
export default (
  RED: NodeAPI & { plugins?: { registerPlugin(id: string, definition: object): void } },
): void => {
  RED.plugins?.registerPlugin('memory-runtime', { type: 'headroom' });
  followMessages(RED);
  profiler.attach(flowWorld(RED));
  serveAdminApi(RED);
};
