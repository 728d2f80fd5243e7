import type { HistoryField } from '../../../src/report/shape';
import { words } from './red';

/** One line of the chart. Limits are dashed, and do not stretch the scale. */
export interface Line {
  field: HistoryField;
  colour: string;
  limit: boolean;
  label(): string;
}

/** Colours that keep apart on light and dark, and for people who do not tell red from green. */
export const LINES: readonly Line[] = [
  { field: 'rss', colour: '#e08214', limit: false, label: () => words._('memory-sidebar.line.rss') },
  {
    field: 'heapUsed',
    colour: '#4393d3',
    limit: false,
    label: () => words._('memory-sidebar.line.heapUsed'),
  },
  {
    field: 'liveHeap',
    colour: '#1b9e8a',
    limit: false,
    label: () => words._('memory-sidebar.line.liveHeap'),
  },
  {
    field: 'external',
    colour: '#a678c8',
    limit: false,
    label: () => words._('memory-sidebar.line.external'),
  },
  {
    field: 'heapLimit',
    colour: '#4393d3',
    limit: true,
    label: () => words._('memory-sidebar.line.heapLimit'),
  },
  { field: 'rssLimit', colour: '#e08214', limit: true, label: () => words._('memory-sidebar.line.rssLimit') },
];

/** A limit up to so many times as high as the highest line is on the chart; a farther one would press them flat. */
const LIMIT_WITHIN = 2.5;

/** The scale from 0 to what is to be seen, given the highest line and the limits. */
export function scaleOf(highest: number, limits: readonly number[]): [number, number] {
  const near = limits.filter((limit) => limit <= LIMIT_WITHIN * highest);
  return [0, Math.max(highest * 1.12, ...near.map((limit) => limit * 1.05)) || 1];
}
