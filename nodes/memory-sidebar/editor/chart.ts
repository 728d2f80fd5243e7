import { LINES } from './lines';
import { drawMarks } from './marks';
import { type Data, loadPlot, type Plot } from './plot';
import { plotOptions } from './plot-options';
import type { Track } from './track';

export interface ChartOptions {
  /** Figures at a place of the track: under the pointer or the keys, or the newest. `held` is null for the newest. */
  onPlace(place: number, held: number | null): void;
  /** A part of the time was picked, or all of it again. */
  onZoom(zoomed: boolean): void;
}

const HEIGHT = 190;
/** A history that has just begun is drawn as wide as this. */
const LEAST_MS = 60_000;

/** The lines over time on a canvas. Drawn anew when a track or a size changes, else only given its data. */
export class Chart {
  #plot: Plot | null = null;
  #track: Track | null = null;
  #deploys: readonly number[] = [];
  #windowMs = 0;
  #zoomed = false;
  #shown = LINES.map(() => true);

  constructor(
    private readonly target: HTMLElement,
    private readonly options: ChartOptions,
  ) {}

  /** Makes the canvas; again after a change of theme. */
  async open(): Promise<void> {
    const Uplot = await loadPlot();
    this.close();
    const looks = {
      height: HEIGHT,
      target: this.target,
      shown: this.#shown,
      draw: (plot: Plot, ink: string) => drawMarks(plot, this.#collections(), this.#deploys, ink),
      onCursor: (place: number | null) => {
        if (place === null) this.#tellNewest();
        else this.options.onPlace(place, this.#track?.time[place] ?? null);
      },
      onSelect: () => this.#setZoomed(true),
      onReset: () => this.zoom(false),
    };
    this.#plot = new Uplot(plotOptions(looks), this.#data(), this.target);
    this.resize();
  }

  close(): void {
    this.#plot?.destroy();
    this.#plot = null;
  }

  resize(): void {
    const width = this.target.clientWidth;
    if (width > 0) this.#plot?.setSize({ width, height: HEIGHT });
  }

  show(track: Track, windowMs: number, deploys: readonly number[]): void {
    if (track !== this.#track) this.#zoomed = false;
    this.#track = track;
    this.#windowMs = windowMs;
    this.#deploys = deploys;
    const plot = this.#plot;
    if (!plot) return;
    const held = plot.cursor.idx;
    plot.batch(() => {
      plot.setData(this.#data(), false);
      if (!this.#zoomed) plot.setScale('x', this.#range());
      else plot.setScale('x', { ...(plot.scales.x as { min: number; max: number }) });
    });
    if (held === null || held === undefined) this.#tellNewest();
  }

  toggle(line: number, shown: boolean): void {
    this.#shown[line] = shown;
    this.#plot?.setSeries(line + 1, { show: shown });
  }

  /** Half the time around its middle, or all of it again. */
  zoom(closer: boolean): void {
    const { min, max } = this.#plot?.scales.x ?? {};
    if (!this.#plot || min === undefined || max === undefined) return;
    if (!closer) {
      this.#setZoomed(false);
      this.#plot.setScale('x', this.#range());
    } else if (max - min > 8 * (this.#track?.stepMs ?? 0)) {
      this.#setZoomed(true);
      this.#plot.setScale('x', { min: min + (max - min) / 4, max: max - (max - min) / 4 });
    }
  }

  /** Moves the place whose figures are told, by keys. */
  step(by: number): void {
    const plot = this.#plot;
    const times = this.#track?.time ?? [];
    if (!plot || times.length === 0) return;
    const place = Math.min(times.length - 1, Math.max(0, (plot.cursor.idx ?? times.length - 1) + by));
    plot.setCursor({ left: plot.valToPos(times[place] ?? 0, 'x'), top: 10 });
  }

  letGo(): void {
    this.#plot?.setCursor({ left: -10, top: -10 });
  }

  #data(): Data {
    const track = this.#track;
    return track
      ? [track.time, ...LINES.map(({ field }) => track.column(field))]
      : [[], ...LINES.map(() => [])];
  }

  #collections(): number[] {
    const track = this.#track;
    return track ? track.time.filter((_, place) => (track.column('major')[place] ?? 0) > 0) : [];
  }

  #range(): { min: number; max: number } {
    const times = this.#track?.time ?? [];
    const max = times.at(-1) ?? Date.now();
    const known = max - (times[0] ?? max);
    return { min: max - Math.min(this.#windowMs, Math.max(LEAST_MS, known)), max };
  }

  #tellNewest(): void {
    this.options.onPlace((this.#track?.time.length ?? 0) - 1, null);
  }

  #setZoomed(zoomed: boolean): void {
    if (zoomed === this.#zoomed) return;
    this.#zoomed = zoomed;
    this.options.onZoom(zoomed);
  }
}
