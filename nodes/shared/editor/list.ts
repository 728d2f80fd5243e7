/** One input in each row of a list; `key` is the property of a row that it shows. */
export interface ListCell {
  key: string;
  /** Choices with their words make a select; `flag` a checkbox with a label; otherwise a text. */
  kind: 'text' | 'number' | 'flag' | readonly { value: string; label: string }[];
  label: string;
  /** Shown only in rows where this holds. */
  when?(row: Readonly<Record<string, unknown>>): boolean;
}

type Row = Record<string, unknown>;

/** A list in a form, as the form reads and fills it. */
export interface List {
  rows(): Row[];
  /** Draws these rows; nothing where they are no list. */
  fill(rows: unknown): void;
  /** Behind what the reason for a row belongs, or for the whole list. */
  placeOf(row: number | undefined): Element;
}

const lists = new WeakMap<Element, List>();

export function listOf(element: Element): List | undefined {
  return lists.get(element);
}

/** Node-RED's class for the content of a row. */
const CONTENT = '.red-ui-editableList-item-content';
const CONTAINER = '.red-ui-editableList';

/** Makes an `<ol>` of a form a list whose rows can be added, removed and moved. `fresh` is a row just added. */
export function makeList(
  element: HTMLElement,
  cells: readonly ListCell[],
  fresh: Row,
  addLabel: string,
): List {
  const changed = (): void => void element.dispatchEvent(new Event('input'));
  const contents = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(CONTENT)];
  $(element).editableList({
    addItem([content], _index, row) {
      if (!content) return;
      // Node-RED hands in an empty object when its button was pressed.
      const pressed = Object.keys(row).length === 0;
      drawRow(content, cells, pressed ? fresh : (row as Row));
      if (!pressed) return;
      content.querySelector('input')?.focus();
      changed();
    },
    removeItem: changed,
    sortItems: changed,
    removable: true,
    sortable: true,
    addButton: addLabel,
    height: 'auto',
  });
  const list: List = {
    rows: () => contents().map((content) => readRow(content, cells)),
    fill(rows) {
      $(element).editableList('empty');
      for (const row of Array.isArray(rows) ? rows : [])
        $(element).editableList('addItem', { ...(Object(row) as Row), drawn: true });
    },
    placeOf(row) {
      const content = row === undefined ? undefined : contents()[row];
      return content?.querySelector('.headroom-list-row') ?? element.closest(CONTAINER) ?? element;
    },
  };
  lists.set(element, list);
  return list;
}

function drawRow(content: HTMLElement, cells: readonly ListCell[], row: Row): void {
  const line = document.createElement('div');
  line.className = 'headroom-list-row';
  for (const cell of cells) line.append(drawCell(cell, row[cell.key]));
  content.append(line);
  const showCells = (): void => {
    const now = readRow(content, cells);
    for (const [index, { when }] of cells.entries()) {
      const drawn = line.children[index];
      if (when && drawn instanceof HTMLElement) drawn.hidden = !when(now);
    }
  };
  line.addEventListener('input', showCells);
  showCells();
}

function drawCell({ key, kind, label }: ListCell, value: unknown): HTMLElement {
  if (typeof kind === 'object') {
    const select = document.createElement('select');
    for (const choice of kind) select.append(new Option(choice.label, choice.value));
    // A value that is none of the choices is kept as it is, for the form to refuse it.
    if (value !== undefined && !kind.some((choice) => choice.value === value)) {
      select.append(new Option(String(value), String(value)));
    }
    if (value !== undefined) select.value = String(value);
    return named(select, key, label);
  }
  const input = document.createElement('input');
  if (kind === 'flag') {
    input.type = 'checkbox';
    input.checked = value === true;
    const words = document.createElement('label');
    words.append(named(input, key, label), ` ${label}`);
    return words;
  }
  input.type = 'text';
  input.placeholder = label;
  input.value =
    value === undefined || value === null || (kind === 'number' && value === 0) ? '' : String(value);
  if (kind === 'number') input.inputMode = 'numeric';
  return named(input, key, label);
}

function named<E extends HTMLElement>(element: E, key: string, label: string): E {
  element.dataset.cell = key;
  element.setAttribute('aria-label', label);
  return element;
}

/** What does not show in a row is no part of it. */
function readRow(content: HTMLElement, cells: readonly ListCell[]): Row {
  const row: Row = {};
  for (const { key, kind } of cells) {
    const input = content.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-cell="${key}"]`);
    if (!input) continue;
    row[key] = kind === 'flag' ? (input as HTMLInputElement).checked : input.value;
  }
  for (const { key, when } of cells) if (when && !when(row)) delete row[key];
  return row;
}
