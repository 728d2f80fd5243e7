import type { Node, NodeStatusFill } from 'node-red';

/** Colours mean the same on every node. */
export const LEVELS = {
  fine: 'green',
  watch: 'yellow',
  act: 'red',
  working: 'blue',
  idle: 'grey',
} as const satisfies Record<string, NodeStatusFill>;

export type Level = keyof typeof LEVELS;

/** The dot and the one figure below a node. Says a thing once: every status goes to every open editor. */
export class StatusLine {
  #shown = '';

  constructor(private readonly node: Pick<Node, 'status'>) {}

  show(level: Level, text: string): void {
    const next = `${level} ${text}`;
    if (next === this.#shown) return;
    this.#shown = next;
    this.node.status({ fill: LEVELS[level], shape: 'dot', text });
  }
}
