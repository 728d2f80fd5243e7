/** Plots as SVG that need nothing around them, readable on light and on dark pages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputFolder } from './quick';

export type Point = readonly [x: number, y: number];

export interface Series {
  name: string;
  points: readonly Point[];
  /** Whether a line goes from point to point; else there are only marks. */
  line?: boolean;
  /** Whether each point has a mark. */
  marks?: boolean;
}

export interface Axis {
  /** What it is, with its unit. */
  label: string;
  /** Each step ten times the last. */
  log?: boolean;
  /** The least value shown; without it 0, or on a logarithmic axis what there is. */
  from?: number;
}

export interface Plot {
  title: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
}

/** Pairs of colours, for light and for dark pages, that are told apart with most kinds of colour vision. */
const COLOURS = [
  ['#0063a6', '#6cb6ff'],
  ['#c0392b', '#ff8a75'],
  ['#00805b', '#4fd1a5'],
  ['#9a5b00', '#f0b04a'],
  ['#7b3fa0', '#cf9bf0'],
  ['#5c6670', '#aab4be'],
  ['#a61e69', '#ff8fc7'],
  ['#2b6f77', '#7fd6de'],
] as const;
const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM, LEGEND_CHAR] = [860, 360, 68, 36, 46, 7];
const MOST_POINTS = 300;

/** Writes `plots/<name>.svg` beside the results, and returns the Markdown that shows it there. */
export function writePlot(name: string, plot: Plot): string {
  const folder = join(outputFolder(), 'plots');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.svg`), svgOf(plot));
  return `![${plot.title}](plots/${name}.svg)`;
}

export function svgOf({ title, x, y, series }: Plot): string {
  const right = 40 + LEGEND_CHAR * Math.max(...series.map(({ name }) => name.length));
  const area = { left: LEFT, right: WIDTH - right, top: TOP, bottom: HEIGHT - BOTTOM };
  const values = (axis: 0 | 1): number[] =>
    series.flatMap(({ points }) => points.map((point) => point[axis]));
  const across = scale(x, values(0), area.left, area.right);
  const up = scale(y, values(1), area.bottom, area.top);
  const middle = (area.left + area.right) / 2;
  const half = (area.top + area.bottom) / 2;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style()}</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" class="page"/>`,
    text(LEFT, 20, title, 'class="title"'),
    ...up.ticks.map((tick) => {
      const at = up.at(tick);
      return `<path d="M${area.left} ${round(at)}H${round(area.right)}" class="grid"/>${text(area.left - 8, at + 4, short(tick), 'text-anchor="end"')}`;
    }),
    ...across.ticks.map((tick) => {
      const at = across.at(tick);
      return `<path d="M${round(at)} ${area.top}V${area.bottom}" class="grid"/>${text(at, area.bottom + 18, short(tick), 'text-anchor="middle"')}`;
    }),
    text(middle, HEIGHT - 8, x.label, 'text-anchor="middle"'),
    text(16, half, y.label, `text-anchor="middle" transform="rotate(-90 16 ${round(half)})"`),
    ...series.flatMap((one, index) => drawn(one, index, across.at, up.at, area.right)),
    '</svg>',
  ].join('\n')}\n`;
}

interface Scale {
  at(value: number): number;
  ticks: number[];
}

function scale({ log = false, from }: Axis, values: readonly number[], begin: number, end: number): Scale {
  const known = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (known.length === 0) known.push(1);
  const most = Math.max(...known);
  if (log) {
    const first = Math.floor(Math.log10(from ?? Math.min(...known)));
    const last = Math.max(first + 1, Math.ceil(Math.log10(most)));
    const ticks = Array.from({ length: last - first + 1 }, (_each, i) => 10 ** (first + i));
    return {
      at: (value) => begin + ((Math.log10(value) - first) / (last - first)) * (end - begin),
      ticks,
    };
  }
  const least = from ?? Math.min(0, ...known);
  const step = niceStep((most - least) / 5);
  const first = Math.floor(least / step) * step;
  const count = Math.max(1, Math.ceil((most - first) / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_each, i) => first + i * step);
  return { at: (value) => begin + ((value - first) / (count * step)) * (end - begin), ticks };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function drawn(
  { name, points, line = true, marks = false }: Series,
  index: number,
  across: Scale['at'],
  up: Scale['at'],
  right: number,
): string[] {
  const colour = `c${index % COLOURS.length}${index < COLOURS.length ? '' : ' again'}`;
  const step = Math.max(1, Math.floor(points.length / MOST_POINTS));
  const shown = points
    .filter((_point, at) => at % step === 0 || at === points.length - 1)
    .map(([x, y]) => [round(across(x)), round(up(y))] as const);
  const level = TOP + 12 + index * 20;
  const mark = ([x, y]: readonly [string, string]): string =>
    `<circle cx="${x}" cy="${y}" r="3.5" class="${colour} mark"/>`;
  const sample = line ? `<path d="M${round(right + 12)} ${level - 4}h18" class="${colour} line"/>` : '';
  return [
    ...(line
      ? [`<polyline points="${shown.map((point) => point.join(',')).join(' ')}" class="${colour} line"/>`]
      : []),
    ...(marks ? shown.map(mark) : []),
    `${sample}${marks ? mark([round(right + 21), String(level - 4)]) : ''}${text(right + 36, level, name)}`,
  ];
}

function style(): string {
  const colours = (theme: 0 | 1): string =>
    COLOURS.map((pair, i) => `.c${i}.line{stroke:${pair[theme]}}.c${i}.mark{fill:${pair[theme]}}`).join('');
  return [
    'text{font:12px sans-serif;fill:#3b434b}.title{font-size:14px;font-weight:bold}.page{fill:#fff}',
    `.grid{stroke:#dfe3e8;fill:none}.line{fill:none;stroke-width:1.6}.again{stroke-dasharray:5 3}${colours(0)}`,
    `@media (prefers-color-scheme:dark){text{fill:#c3cbd3}.page{fill:#15191e}.grid{stroke:#343b43}${colours(1)}}`,
  ].join('');
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${escaped(words)}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** `1500`, `20k`, `3M`, `0.02`. */
function short(value: number): string {
  for (const [unit, letter] of [
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= unit && (unit === 1e6 || value >= 10_000 || value % unit === 0))
      return `${Number((value / unit).toPrecision(3))}${letter}`;
  }
  return String(Number(value.toPrecision(3)));
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
