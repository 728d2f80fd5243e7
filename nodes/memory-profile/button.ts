import type { NodeAPI } from 'node-red';
import { running } from './running';

/** The node's button in the editor: starts its profile, or stops it and sends the report. */
export function serveButton(RED: NodeAPI): void {
  // Absent in tests without a runtime.
  RED.httpAdmin?.post(
    '/headroom/memory-profile/:id',
    RED.auth.needsPermission('memory.write'),
    (request, response) => {
      const node = RED.nodes.getNode(String(request.params.id));
      if (node?.type !== 'memory-profile') {
        response.sendStatus(404);
        return;
      }
      const payload = running.has(node) ? 'stop' : 'start';
      node.receive({ payload });
      response.json({ payload });
    },
  );
}
