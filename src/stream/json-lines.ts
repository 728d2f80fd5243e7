import type { LineSource } from './lines';
import { BadItem, END, type End, type Source } from './source';

/** One JSON value per line (JSON Lines, NDJSON); empty lines are passed over. A line that is no JSON is a BadItem. */
export class JsonLinesSource implements Source {
  constructor(readonly lines: LineSource) {}

  get bytes(): number {
    return this.lines.bytes;
  }

  next(): unknown | End | Promise<unknown | End> {
    for (;;) {
      const line = this.lines.next();
      if (typeof line !== 'string') return line === END ? END : this.#later(line);
      if (!isBlank(line)) return this.#parse(line);
    }
  }

  close(): Promise<void> {
    return this.lines.close();
  }

  async #later(pending: Promise<string | End>): Promise<unknown | End> {
    const line = await pending;
    if (line === END) return END;
    return isBlank(line) ? this.next() : this.#parse(line);
  }

  #parse(line: string): unknown {
    try {
      return JSON.parse(line);
    } catch (error) {
      // V8 quotes the text; only where it went wrong is passed on.
      const [, position] = /position (\d+)/.exec(String(error)) ?? [];
      throw new BadItem(
        this.lines.line,
        `is not valid JSON${position ? `, at character ${Number(position) + 1}` : ''}`,
      );
    }
  }
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}
