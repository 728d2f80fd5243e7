import type { FlowNode, NodeRed } from './node-red/start';

/** What one node of ours has reported: messages per output, and its last status. */
export interface NodeSummary {
  node: FlowNode;
  messages: number[];
  status: { fill?: string; text?: string };
  /** It sent something, or, having no output, showed a status; and it is not red. */
  ok: boolean;
}

export function summarise(
  red: Pick<NodeRed, 'messages' | 'status'>,
  nodes: readonly FlowNode[],
): NodeSummary[] {
  return nodes.map((node) => {
    const outputs = Array.isArray(node.wires) ? node.wires.length : 0;
    const messages = Array.from({ length: outputs }, (_, port) => red.messages(node.id, port).length);
    const status = red.status(node.id) ?? {};
    const reported = outputs > 0 ? messages.some((count) => count > 0) : (status.text ?? '') !== '';
    return { node, messages, status, ok: reported && status.fill !== 'red' };
  });
}
