import type { HeavyNode } from '../../../src/report/shape';
import { svg } from './dom';
import { bytesText } from './figures';
import { type CanvasNode, editor } from './red';

const ID = 'headroom-bytes';
/** A node that holds less is no news. */
const LEAST_BYTES = 100 * 1024;

/** The bytes of the heaviest nodes, on the canvas above each. Nothing is there while it is off. */
export class Badges {
  #on = false;
  #texts = new Map<string, string>();
  /** Nodes whose badge is to be drawn again. */
  readonly #stale = new Set<string>();

  turn(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    if (!on) {
      editor.view.annotations.unregister(ID);
      return;
    }
    editor.view.annotations.register(ID, {
      type: 'badge',
      class: 'headroom-badge',
      element: (node) => this.#draw(node),
      show: ({ id }) => this.#texts.has(id),
      refresh: ({ id }) => this.#stale.delete(id),
    });
  }

  show(nodes: readonly HeavyNode[]): void {
    const texts = new Map<string, string>();
    for (const { id, bytes, externalBytes } of nodes) {
      const total = bytes + externalBytes;
      if (total >= LEAST_BYTES) texts.set(id, bytesText(total));
    }
    const changed = [...new Set([...texts.keys(), ...this.#texts.keys()])].filter(
      (id) => texts.get(id) !== this.#texts.get(id),
    );
    this.#texts = texts;
    if (!this.#on || changed.length === 0) return;
    for (const id of changed) {
      const node = editor.nodes.node(id);
      if (!node) continue;
      node.dirty = true;
      this.#stale.add(id);
    }
    editor.view.redraw();
  }

  #draw({ id }: CanvasNode): SVGElement {
    const text = this.#texts.get(id) ?? '';
    const width = 8 + 6 * text.length;
    return svg(
      'g',
      {},
      svg('rect', { width, height: 14, rx: 3 }),
      svg('text', { x: width / 2, y: 11, 'text-anchor': 'middle' }, text),
    );
  }
}
