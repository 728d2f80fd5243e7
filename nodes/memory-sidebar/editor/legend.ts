import { el, setAttribute, setText } from './dom';
import { bytesText } from './figures';
import type { Line } from './lines';

/** The lines by name with their figures; each is a button that hides its line and shows it again. */
export class Legend {
  readonly element: HTMLElement;
  readonly #entries: { button: HTMLButtonElement; value: HTMLElement }[];

  constructor(lines: readonly Line[], onToggle: (index: number, shown: boolean) => void) {
    this.#entries = lines.map((line, index) => {
      const value = el('span', { class: 'headroom-value' });
      const swatch = el('i', { class: line.limit ? 'headroom-swatch headroom-dashed' : 'headroom-swatch' });
      swatch.style.borderColor = line.colour;
      const button = el(
        'button',
        { type: 'button', 'aria-pressed': 'true' },
        swatch,
        line.label(),
        ' ',
        value,
      );
      button.addEventListener('click', () => {
        const shown = button.getAttribute('aria-pressed') !== 'true';
        setAttribute(button, 'aria-pressed', String(shown));
        onToggle(index, shown);
      });
      return { button, value };
    });
    this.element = el('div', { class: 'headroom-legend' }, ...this.#entries.map(({ button }) => button));
  }

  show(values: readonly (number | null)[]): void {
    for (const [at, { value }] of this.#entries.entries()) setText(value, bytesText(values[at]));
  }
}
