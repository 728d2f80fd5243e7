import { el, setAttribute, setText, svg } from './dom';
import { bytesText, percentText } from './figures';
import { type Seen, words } from './red';

const ARC = 'M 10 60 A 50 50 0 0 1 110 60';
/** The arc's length: half a circle of radius 50. */
const LENGTH = Math.PI * 50;

/** How much headroom is left: an arc, the percentage in it, and in words what is nearest to running out. */
export class Gauge {
  readonly element: HTMLElement;
  readonly #filled = svg('path', { d: ARC, class: 'headroom-arc', 'stroke-dasharray': `0 ${LENGTH}` });
  readonly #percent = svg('text', { x: 60, y: 56, 'text-anchor': 'middle', class: 'headroom-percent' });
  readonly #meter: HTMLElement;
  readonly #left = el('strong');
  readonly #level = el('span', { class: 'headroom-level' });
  readonly #figures = el('div', { class: 'headroom-small' });

  constructor() {
    const drawing = svg(
      'svg',
      { viewBox: '0 0 120 64', 'aria-hidden': 'true' },
      svg('path', { d: ARC, class: 'headroom-arc-empty' }),
      this.#filled,
      this.#percent,
    );
    this.#meter = el('div', {
      class: 'headroom-meter',
      role: 'meter',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-label': words._('memory-sidebar.headroom'),
    });
    this.#meter.append(drawing);
    this.element = el(
      'div',
      { class: 'headroom-gauge' },
      this.#meter,
      el('div', {}, el('div', {}, this.#left, ' ', this.#level), this.#figures),
    );
  }

  show({ state, level }: Seen): void {
    const { headroom, rss, heapUsed, heapLimit } = state.sample;
    const percent = headroom?.percent ?? 0;
    const left = headroom
      ? words._(`memory-sidebar.left.${headroom.nearest}`, { bytes: bytesText(headroom.bytes) })
      : words._('memory-sidebar.left.unknown');
    setAttribute(this.element, 'data-level', level);
    setAttribute(this.#filled, 'stroke-dasharray', `${(percent / 100) * LENGTH} ${LENGTH}`);
    setText(this.#percent, headroom ? percentText(percent) : '–');
    setText(this.#left, left);
    setText(this.#level, words._(`memory-sidebar.level.${level}`));
    const figures = { rss: bytesText(rss), heap: bytesText(heapUsed), limit: bytesText(heapLimit) };
    setText(this.#figures, words._('memory-sidebar.figures', figures));
    setAttribute(this.#meter, 'aria-valuenow', String(Math.round(percent)));
    setAttribute(this.#meter, 'aria-valuetext', `${percentText(percent)}, ${left}`);
  }
}
