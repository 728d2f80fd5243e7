import { bytesText } from './figures';
import { LINES, scaleOf } from './lines';
import type { Plot } from './plot';

export interface Looks {
  height: number;
  /** Whose text colour the axes take: that of the theme. */
  target: HTMLElement;
  shown: readonly boolean[];
  draw(plot: Plot, ink: string): void;
  onCursor(place: number | null): void;
  onSelect(): void;
  onReset(): void;
}

/** The newest figures of the limits decide about the scale. */
function newest(plot: Plot, index: number): number | null {
  return plot.data[index + 1]?.at(-1) ?? null;
}

function scaleFor(plot: Plot, highest: number | null): [number, number] {
  const limits = LINES.map(({ limit }, index) => (limit ? newest(plot, index) : null));
  return scaleOf(
    highest ?? 0,
    limits.filter((limit) => limit !== null),
  );
}

const CLOCK = new Intl.DateTimeFormat([], { timeStyle: 'medium' });

/** The time of day, without the seconds where they are none. */
function clockText(time: number): string {
  return CLOCK.format(time).replace(/:00(?=\D*$)/, '');
}

/** What uPlot is told: two axes in the colours of the theme, six lines, zoom by dragging along the time. */
export function plotOptions({ height, target, shown, draw, onCursor, onSelect, onReset }: Looks): object {
  const ink = getComputedStyle(target).color;
  const axis = {
    stroke: ink,
    grid: { stroke: `color-mix(in srgb, ${ink} 18%, transparent)`, width: 1 },
    ticks: { show: false },
    font: '11px sans-serif',
  };
  return {
    width: Math.max(100, target.clientWidth),
    height,
    ms: 1,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      y: false,
      points: { size: 5 },
      drag: { x: true, y: false, setScale: true },
      bind: { dblclick: () => () => onReset() },
    },
    scales: {
      x: { time: true, auto: false },
      y: { range: (plot: Plot, _lowest: number | null, highest: number | null) => scaleFor(plot, highest) },
    },
    axes: [
      { ...axis, size: 22, space: 70, values: (_: Plot, ticks: number[]) => ticks.map(clockText) },
      {
        ...axis,
        size: 58,
        space: 28,
        incrs: BYTE_STEPS,
        values: (_: Plot, ticks: number[]) => ticks.map(bytesText),
      },
    ],
    series: [
      {},
      ...LINES.map(({ colour, limit, label }, index) => ({
        label: label(),
        scale: 'y',
        auto: !limit,
        show: shown[index],
        stroke: colour,
        width: limit ? 1.25 : 1.75,
        dash: limit ? [6, 4] : [],
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [(plot: Plot) => draw(plot, ink)],
      setCursor: [(plot: Plot) => onCursor(plot.cursor.idx ?? null)],
      setSelect: [onSelect],
    },
  };
}

/** Steps of the axis of bytes: 1, 2, 4, 8 … KB, so that its figures are round. */
const BYTE_STEPS = Array.from({ length: 34 }, (_, power) => 1024 * 2 ** power);
