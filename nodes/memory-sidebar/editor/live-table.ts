import { el, setAttribute, setText } from './dom';
import type { Level } from './red';

export interface Row {
  /** The same row at the next update. */
  key: string;
  /** What the button in the first column says, and what is smaller below it. */
  title: string;
  detail: string;
  /** What a click on it leads to; null: nowhere. */
  target: string | null;
  level?: Level;
  /** The other columns. */
  cells: string[];
}

interface Drawn {
  row: HTMLTableRowElement;
  button: HTMLButtonElement;
  detail: HTMLElement;
  cells: HTMLTableCellElement[];
  target: string | null;
}

export interface LiveTableOptions {
  title: string;
  columns: string[];
  /** Said where there is no row. */
  empty: string;
  onPick(target: string): void;
}

/**
 * A table that is brought up to date in place: rows keep their elements, so that focus and selection stay. Their order
 * holds still while the pointer or the focus is in the table: nobody is to hit another row than the one aimed at.
 */
export class LiveTable {
  readonly element: HTMLElement;
  readonly #body = el('tbody');
  readonly #table: HTMLTableElement;
  readonly #empty: HTMLElement;
  readonly #note = el('p', { class: 'headroom-small' });
  readonly #drawn = new Map<string, Drawn>();
  #hovered = false;

  constructor(private readonly options: LiveTableOptions) {
    const { title, columns, empty } = options;
    const head = el('tr', {}, ...columns.map((column) => el('th', { scope: 'col' }, column)));
    const heading = el('h3', {}, title);
    this.#table = el('table', { 'aria-label': title }, el('thead', {}, head), this.#body);
    this.#empty = el('p', { class: 'headroom-small' }, empty);
    this.element = el('section', {}, heading, this.#note, this.#empty, this.#table);
    this.show([]);
    this.#table.addEventListener('pointerenter', () => {
      this.#hovered = true;
    });
    this.#table.addEventListener('pointerleave', () => {
      this.#hovered = false;
    });
  }

  show(rows: readonly Row[], note = ''): void {
    setText(this.#note, note);
    this.#note.hidden = note === '';
    this.#empty.hidden = rows.length > 0;
    this.#table.hidden = rows.length === 0;
    const kept = new Set(rows.map(({ key }) => key));
    for (const [key, drawn] of this.#drawn) {
      if (kept.has(key)) continue;
      drawn.row.remove();
      this.#drawn.delete(key);
    }
    const still = this.#hovered || this.#table.contains(document.activeElement);
    for (const [place, row] of rows.entries()) {
      const drawn = this.#drawn.get(row.key) ?? this.#draw(row);
      this.#fill(drawn, row);
      const there = this.#body.children[place] ?? null;
      if (there !== drawn.row && (!still || !drawn.row.isConnected))
        this.#body.insertBefore(drawn.row, there);
    }
  }

  #draw({ key, cells }: Row): Drawn {
    const button = el('button', { type: 'button', class: 'headroom-link' });
    const detail = el('div', { class: 'headroom-small' });
    const drawn: Drawn = {
      row: el('tr'),
      button,
      detail,
      cells: cells.map(() => el('td')),
      target: null,
    };
    drawn.row.append(el('th', { scope: 'row' }, button, detail), ...drawn.cells);
    button.addEventListener('click', () => {
      if (drawn.target !== null) this.options.onPick(drawn.target);
    });
    this.#drawn.set(key, drawn);
    return drawn;
  }

  #fill(drawn: Drawn, { title, detail, target, level = 'idle', cells }: Row): void {
    drawn.target = target;
    drawn.button.disabled = target === null;
    setText(drawn.button, title);
    setText(drawn.detail, detail);
    setAttribute(drawn.row, 'data-level', level);
    for (const [at, cell] of drawn.cells.entries()) setText(cell, cells[at] ?? '');
  }
}
