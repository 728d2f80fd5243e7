/** Every status goes to every open editor, so figures that change with every message are shown at most this often. */
const SHOW_MS = 1_000;

/** Figures below a node: shown when they change, but not more than once a second. */
export class PacedStatus {
  #timer: NodeJS.Timeout | null = null;
  #changed = false;

  /** `show` tells whether to look again in a second, changed or not. */
  constructor(private readonly show: () => boolean) {}

  changed(): void {
    this.#changed = true;
    if (!this.#timer) this.#show();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #show(): void {
    this.#changed = false;
    const again = this.show();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (again || this.#changed) this.#show();
    }, SHOW_MS).unref();
  }
}
