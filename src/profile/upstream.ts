import type { FlowNode } from '../ledger';

interface Wired {
  readonly wires?: unknown;
  /** Of link out and link call nodes: the link in nodes they reach without a wire. */
  readonly links?: unknown;
}

/** Tells whether messages can get from one node to another: along wires, into subflow instances, through links. */
export class Wiring {
  readonly #senders = new Map<string, Set<string>>();
  readonly #upstream = new Map<string, Set<string>>();

  constructor(nodes: Iterable<FlowNode>) {
    for (const node of nodes) {
      const { wires, links } = node as Wired;
      for (const target of targetsOf(wires)) this.#join(node.id, target);
      for (const target of targetsOf([links])) {
        // A link in node lists its link outs, a link out its link ins.
        if (node.type === 'link in') this.#join(target, node.id);
        else this.#join(node.id, target);
      }
    }
  }

  readonly isUpstream = (of: string, node: string): boolean => {
    let all = this.#upstream.get(of);
    if (!all) {
      all = new Set(this.#senders.get(of));
      // A Set visits what is added meanwhile.
      for (const each of all) for (const sender of this.#senders.get(each) ?? []) all.add(sender);
      this.#upstream.set(of, all);
    }
    return all.has(node);
  };

  #join(from: string, to: string): void {
    const senders = this.#senders.get(to);
    if (senders) senders.add(from);
    else this.#senders.set(to, new Set([from]));
  }
}

function targetsOf(wires: unknown): string[] {
  if (!Array.isArray(wires)) return [];
  return wires.flat().filter((target): target is string => typeof target === 'string');
}
