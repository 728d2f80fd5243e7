import { Script } from 'node:vm';

const PREFIX = 'nrnode:';
/** Function nodes are scripts of their own: `Function node:<id> [name]`, with ` setup` or ` cleanup` before the colon. */
const FUNCTION_NODE = /^Function node(?: setup| cleanup)?:([^ ]+)/;

type Through = (work: () => void) => void;

/**
 * Functions that do nothing but call another one, each a script named after a flow node: what runs below is known
 * in every stack by that name.
 */
export class NodeFrames {
  readonly #frames = new Map<string, Through>();

  of(id: string): Through {
    let frame = this.#frames.get(id);
    if (!frame) {
      frame = new Script('(function (work) { work(); })', {
        filename: PREFIX + id,
      }).runInThisContext() as Through;
      this.#frames.set(id, frame);
    }
    return frame;
  }

  clear(): void {
    this.#frames.clear();
  }
}

/** The flow node that a script belongs to by its name; null for any other script. */
export function nodeOfScript(url: string): string | null {
  if (url.startsWith(PREFIX)) return url.slice(PREFIX.length);
  return FUNCTION_NODE.exec(url)?.[1] ?? null;
}
