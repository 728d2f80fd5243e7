import { formatBytes } from '../../shared/editor';
import { el, setText } from './dom';
import { timeText } from './figures';
import { type AjaxFailure, ask, editor, type Seen, words } from './red';
import type { ContextFigures } from './rows';

const PROFILE_MS = 30_000;

export interface Census {
  contexts: ContextFigures[] | null;
  contextBytes: number | null;
}

export interface ActionsOptions {
  /** Says what came of it, for eyes and ears. */
  say(text: string): void;
  onCensus(census: Census): void;
  /** Something was done: look again. */
  onDone(): void;
}

interface Collection {
  collected: boolean;
  freed: number;
  pauseMs: number;
}

/** The buttons: collect, profile, census, and the report for download. */
export class Actions {
  readonly element: HTMLElement;
  readonly #buttons: Record<'collect' | 'profile' | 'census' | 'report', HTMLButtonElement>;
  #profiling = false;

  constructor(private readonly options: ActionsOptions) {
    this.#buttons = {
      collect: this.#button('fa-recycle', words._('memory-sidebar.do.collect'), () => this.#collect()),
      profile: this.#button('fa-search', words._('memory-sidebar.do.profile'), () => this.#profile()),
      census: this.#button('fa-list-ol', words._('memory-sidebar.do.census'), () => this.#census()),
      report: this.#button('fa-download', words._('memory-sidebar.do.report'), () => this.#report()),
    };
    const { collect, profile, census, report } = this.#buttons;
    if (!editor.user.hasPermission('memory.write')) {
      for (const button of [collect, profile, census]) {
        button.disabled = true;
        button.title = words._('memory-sidebar.no-write');
      }
    }
    this.element = el('div', { class: 'headroom-row' }, collect, profile, census, report);
  }

  show({ profile, state }: Seen): void {
    const ended = this.#profiling && profile?.running === false;
    this.#profiling = profile?.running === true;
    if (ended) this.#sayProfiled(profile);
    const left = profile ? (profile.startedAt + profile.durationMs - state.time) / 1_000 : 0;
    const text = this.#profiling
      ? words._('memory-sidebar.do.stop', { left: timeText(Math.max(0, Math.round(left))) })
      : words._('memory-sidebar.do.profile');
    setText(this.#buttons.profile.lastElementChild as Element, text);
  }

  /** The heaviest node stands in a table that may be out of sight. */
  #sayProfiled({ error, reading }: NonNullable<Seen['profile']>): void {
    const [first] = reading?.nodes ?? [];
    const name = first?.name || first?.type;
    const text = first
      ? words._('memory-sidebar.profile-done', { name, percent: Math.round(first.percent) })
      : words._('memory-sidebar.profile-none');
    this.options.say(error ?? text);
  }

  #button(icon: string, label: string, act: () => PromiseLike<void>): HTMLButtonElement {
    const attributes = { type: 'button', class: 'red-ui-button' };
    const button = el(
      'button',
      attributes,
      el('i', { class: `fa ${icon}`, 'aria-hidden': 'true' }),
      ' ',
      el('span', {}, label),
    );
    button.addEventListener('click', () => {
      button.disabled = true;
      const ready = (): void => {
        button.disabled = false;
        this.options.onDone();
      };
      act().then(ready, (failure: AjaxFailure) => {
        ready();
        this.options.say(reasonOf(failure));
      });
    });
    return button;
  }

  async #collect(): Promise<void> {
    const { collected, freed, pauseMs } = (await ask('POST', 'collect', {})) as Collection;
    const figures = { bytes: formatBytes(freed), pause: Math.round(pauseMs) };
    this.options.say(
      words._(collected ? 'memory-sidebar.collected' : 'memory-sidebar.not-collected', figures),
    );
  }

  async #profile(): Promise<void> {
    const action = this.#profiling ? { action: 'stop' } : { action: 'start', durationMs: PROFILE_MS };
    await ask('POST', 'profile', action);
    if (!this.#profiling) this.options.say(words._('memory-sidebar.profiling'));
  }

  async #census(): Promise<void> {
    const census = (await ask('POST', 'census', {})) as Census;
    this.options.onCensus(census);
    this.options.say(words._('memory-sidebar.counted', { bytes: formatBytes(census.contextBytes ?? 0) }));
  }

  async #report(): Promise<void> {
    const report = await ask('GET', 'report');
    const url = URL.createObjectURL(
      new Blob([JSON.stringify(report, null, 1)], { type: 'application/json' }),
    );
    const time = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');
    el('a', { href: url, download: `headroom-report-${time}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

function reasonOf({ status, responseJSON }: AjaxFailure): string {
  if (status === 401 || status === 403) return words._('memory-sidebar.no-write');
  return responseJSON?.error ?? words._('memory-sidebar.no-answer');
}
