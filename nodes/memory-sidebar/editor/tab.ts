import { Actions, type Census } from './actions';
import { Badges } from './badges';
import { el, setText } from './dom';
import { bytesText, timeText } from './figures';
import { Gauge } from './gauge';
import { HistoryView } from './history-view';
import { LiveTable } from './live-table';
import { Poll, type Silence } from './poll';
import { editor, type Seen, words } from './red';
import { reveal } from './reveal';
import { contextRow, heavyRow, heldRow, poolRow, watchRows } from './rows';

const BADGES = 'headroom-badges';

/** The memory tab: what is shown, and when the runtime is asked for it. */
export class Tab {
  readonly element: HTMLElement;
  readonly #gauge = new Gauge();
  readonly #history = new HistoryView();
  readonly #badges = new Badges();
  readonly #silence = el('p', { class: 'headroom-silence', role: 'status', hidden: true });
  readonly #said = el('p', { class: 'headroom-said', role: 'status', 'aria-live': 'polite' });
  readonly #live = el('div', { class: 'headroom-live', hidden: true });
  readonly #poll = new Poll({ onLook: (seen) => this.#show(seen), onSilence: (why) => this.#hush(why) });
  readonly #actions = new Actions({
    say: (text) => this.#say(text),
    onCensus: (census) => this.#count(census),
    onDone: () => this.#poll.hurry(),
  });
  readonly #nodes = this.#table('nodes', ['node', 'bytes', 'trend', 'share']);
  readonly #watches = this.#table('watches', ['watch', 'state', 'rate', 'time-left']);
  readonly #held = this.#table('held', ['node', 'messages', 'oldest', 'bytes']);
  readonly #pools = this.#table('pools', ['pool', 'in-use', 'kept', 'reused']);
  readonly #contexts = this.#table('contexts', ['context', 'bytes', 'trend', 'keys']);
  #leaking = new Set<string>();
  #drawn = false;

  constructor() {
    const tables = [this.#watches, this.#nodes, this.#held, this.#pools, this.#contexts];
    this.#live.append(
      this.#gauge.element,
      this.#actions.element,
      this.#said,
      this.#history.element,
      ...tables.map(({ element }) => element),
      this.#badgeSwitch(),
    );
    this.element = el('div', { class: 'headroom-tab' }, this.#silence, this.#live);
    new IntersectionObserver((entries) => this.#shown(entries.at(-1)?.isIntersecting === true)).observe(
      this.element,
    );
    new ResizeObserver(() => this.#history.chart.resize()).observe(this.element);
    document.addEventListener('visibilitychange', () => this.#shown(this.element.offsetParent !== null));
  }

  /** Asks only while somebody can see it. */
  #shown(visible: boolean): void {
    if (!visible || document.hidden) {
      this.#poll.stop();
      return;
    }
    if (this.#drawn) this.#draw(); // the theme may be another one by now
    this.#poll.start();
  }

  #draw(): void {
    this.#drawn = true;
    this.#history.chart.open().catch(() => this.#say(words._('memory-sidebar.no-chart')));
  }

  #show(seen: Seen): void {
    const { state, profile } = seen;
    this.#silence.hidden = true;
    this.#live.hidden = false;
    if (!this.#drawn) this.#draw();
    this.#gauge.show(seen);
    this.#history.show(seen);
    this.#actions.show(seen);
    const heavy = profile?.reading?.nodes ?? state.nodes ?? [];
    this.#nodes.show(heavy.slice(0, 10).map(heavyRow), this.#note(seen));
    this.#badges.show(heavy);
    this.#watches.show(state.watches.flatMap(watchRows));
    this.#held.show((state.inFlight ?? []).map(heldRow));
    this.#pools.show(state.pools.map(poolRow));
    this.#tellLeaks(seen);
  }

  /** What the list of heaviest nodes is about. */
  #note({ profile }: Seen): string {
    if (profile?.error) return profile.error;
    if (!profile?.reading) return '';
    const { seconds, totalBytes, unattributedBytes } = profile.reading;
    const figures = {
      time: timeText(seconds),
      total: bytesText(totalBytes),
      rest: bytesText(unattributedBytes),
    };
    return words._('memory-sidebar.profiled', figures);
  }

  #count({ contexts }: Census): void {
    this.#contexts.show((contexts ?? []).map(contextRow));
  }

  /** A leak is said once, when it is found. */
  #tellLeaks({ state }: Seen): void {
    const leaking = state.watches.filter((watch) => watch.state === 'leaking');
    const found = leaking.find(({ id, key }) => !this.#leaking.has(`${id} ${key}`));
    this.#leaking = new Set(leaking.map(({ id, key }) => `${id} ${key}`));
    if (found) this.#say(found.reason);
  }

  #hush(why: Silence): void {
    setText(this.#silence, words._(`memory-sidebar.${why === 'no-permission' ? 'no-read' : 'no-answer'}`));
    this.#silence.hidden = false;
    if (why === 'no-permission') this.#live.hidden = true;
  }

  #say(text: string): void {
    setText(this.#said, text);
  }

  #table(section: string, columns: string[]): LiveTable {
    return new LiveTable({
      title: words._(`memory-sidebar.section.${section}`),
      columns: columns.map((column) => words._(`memory-sidebar.column.${column}`)),
      empty: words._(`memory-sidebar.empty.${section}`),
      onPick: (id) => reveal(id, (text) => this.#say(text)),
    });
  }

  #badgeSwitch(): HTMLElement {
    const box = el('input', { type: 'checkbox' });
    box.checked = editor.settings.getLocal(BADGES) === 'true';
    const turn = (): void => this.#badges.turn(box.checked);
    box.addEventListener('change', () => {
      editor.settings.setLocal(BADGES, String(box.checked));
      turn();
    });
    if (box.checked) turn();
    return el('label', { class: 'headroom-switch' }, box, ' ', words._('memory-sidebar.badges'));
  }
}
