import { Chart } from './chart';
import { el, setAttribute, setText } from './dom';
import { bytesText, timeText } from './figures';
import { Legend } from './legend';
import { LINES } from './lines';
import { type Seen, words } from './red';
import { Track } from './track';

const MINUTE = 60_000;
/** What can be looked at: the last minutes by the second, or the last hours by 15 s. As the runtime keeps them. */
const WINDOWS = [
  { key: 'minutes', ms: 5 * MINUTE, track: new Track(1_000, 300) },
  { key: 'hours', ms: 120 * MINUTE, track: new Track(15_000, 480) },
] as const;
const MOST_DEPLOYS = 50;

/** Memory over time: the chart, the choice of a window, zoom, and the figures under pointer or keys. */
export class HistoryView {
  readonly element: HTMLElement;
  readonly chart: Chart;
  #window: (typeof WINDOWS)[number] = WINDOWS[0];
  #deploys: number[] = [];
  readonly #legend = new Legend(LINES, (line, shown) => this.chart.toggle(line, shown));
  readonly #canvas = el('div', { class: 'headroom-chart', role: 'img', tabindex: 0 });
  readonly #when = el('span', { class: 'headroom-small' });
  readonly #whole = el('button', {
    type: 'button',
    class: 'red-ui-button red-ui-button-small',
    hidden: true,
  });
  readonly #choices = WINDOWS.map((each) => {
    const attributes = {
      type: 'button',
      class: 'red-ui-button red-ui-button-small',
      'aria-pressed': 'false',
    } as const;
    const button = el('button', attributes, words._(`memory-sidebar.window.${each.key}`));
    button.addEventListener('click', () => this.#choose(each));
    return { each, button };
  });

  constructor() {
    this.chart = new Chart(this.#canvas, {
      onPlace: (place, held) => this.#tell(place, held),
      onZoom: (zoomed) => {
        this.#whole.hidden = !zoomed;
      },
    });
    setText(this.#whole, words._('memory-sidebar.whole'));
    this.#whole.addEventListener('click', () => this.chart.zoom(false));
    this.#canvas.addEventListener('keydown', (event) => this.#key(event));
    this.#canvas.addEventListener('blur', () => this.chart.letGo());
    const choices = this.#choices.map(({ button }) => button);
    this.element = el(
      'section',
      {},
      el('h3', {}, words._('memory-sidebar.history')),
      el('div', { class: 'headroom-row' }, ...choices, this.#whole, this.#when),
      this.#canvas,
      this.#legend.element,
      el('p', { class: 'headroom-small' }, words._('memory-sidebar.chart-hint')),
    );
    this.#press();
  }

  show({ history, whole, state }: Seen): void {
    const [minutes, hours] = WINDOWS;
    minutes.track.take(history.seconds, whole);
    hours.track.take(history.quarters, whole);
    const known = whole ? [] : this.#deploys;
    this.#deploys = [...known, ...history.deploys].slice(-MOST_DEPLOYS);
    this.#draw();
    const { rss, heapUsed } = state.sample;
    const figures = { rss: bytesText(rss), heap: bytesText(heapUsed) };
    setAttribute(this.#canvas, 'aria-label', words._('memory-sidebar.chart', figures));
  }

  #draw(): void {
    this.chart.show(this.#window.track, this.#window.ms, this.#deploys);
  }

  #choose(window: (typeof WINDOWS)[number]): void {
    this.#window = window;
    this.chart.zoom(false);
    this.#press();
    this.#draw();
  }

  #press(): void {
    for (const { each, button } of this.#choices) {
      setAttribute(button, 'aria-pressed', String(each === this.#window));
      button.classList.toggle('selected', each === this.#window);
    }
  }

  #key(event: KeyboardEvent): void {
    const steps: Record<string, () => void> = {
      ArrowLeft: () => this.chart.step(-1),
      ArrowRight: () => this.chart.step(1),
      '+': () => this.chart.zoom(true),
      '-': () => this.chart.zoom(false),
      Escape: () => this.chart.letGo(),
    };
    const step = steps[event.key];
    if (!step) return;
    step();
    event.preventDefault();
    event.stopPropagation();
  }

  #tell(place: number, held: number | null): void {
    const { track } = this.#window;
    this.#legend.show(LINES.map(({ field }) => track.column(field)[place] ?? null));
    if (held === null) {
      setText(this.#when, '');
      return;
    }
    const [minor, major, pauseMs] = (['minor', 'major', 'pauseMs'] as const).map(
      (field) => track.column(field)[place] ?? 0,
    );
    const ago = timeText(((track.time.at(-1) ?? held) - held) / 1_000);
    const figures = {
      time: new Date(held).toLocaleTimeString(),
      ago,
      minor,
      major,
      pause: (pauseMs ?? 0).toFixed(1),
    };
    setText(this.#when, words._('memory-sidebar.at', figures));
  }
}
