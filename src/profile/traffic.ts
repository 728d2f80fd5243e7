import { type FlowNode, type NodeName, nameNode } from '../ledger';

/** A node that got messages, or was there, while the profile ran. */
export interface Visitor {
  node: FlowNode;
  /** As it was called then: it may be gone when the report is written. */
  name: NodeName;
  messages: number;
}

/** Who got how many messages. */
export class Traffic {
  readonly #visitors = new Map<string, Visitor>();

  /** Takes note of a node, and of what it is called. */
  meet(node: FlowNode): Visitor {
    const known = this.#visitors.get(node.id);
    // A deploy replaces the node under the same id.
    if (known?.node === node) return known;
    const visitor = { node, name: nameNode(node), messages: known?.messages ?? 0 };
    this.#visitors.set(node.id, visitor);
    return visitor;
  }

  arrived(node: FlowNode): void {
    this.meet(node).messages += 1;
  }

  of(id: string): Visitor | undefined {
    return this.#visitors.get(id);
  }

  /** Splits bytes among nodes by how many messages they got; evenly when none got any. */
  share(nodes: readonly FlowNode[], bytes: number, give: (node: FlowNode, bytes: number) => void): void {
    const messages = nodes.map((node) => this.of(node.id)?.messages ?? 0);
    const all = messages.reduce((sum, count) => sum + count, 0);
    nodes.forEach((node, at) => {
      const part = all === 0 ? 1 / nodes.length : (messages[at] ?? 0) / all;
      if (part > 0) give(node, bytes * part);
    });
  }
}
