import type { Field } from './field';
import { type NumberOptions, number } from './number';

const MILLISECONDS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const WRITTEN = /^\s*([+-]?\d+(?:\.\d+|,(?!\d{3}(?!\d))\d+)?)\s*(ms|s|min|m|h|d)?\s*$/i;

/** The longest delay in whole days, to be said in a message, that a Node.js timer keeps; from 2^31 ms on it fires at once. */
export const LONGEST_TIMER_MS = 24 * 86_400_000;

/** A duration in milliseconds, stored as a plain number; forms show and take `10 s`. */
export function duration(options: Omit<NumberOptions, 'unit' | 'read' | 'format' | 'whole'>): Field<number> {
  return number({ ...options, read: parseDuration, format: formatDuration });
}

/** `10 s`, `1.5h`, `250 ms`, `10000` (milliseconds) → milliseconds; NaN for anything else. */
export function parseDuration(text: string): number {
  const match = WRITTEN.exec(text);
  if (!match) return Number.NaN;
  const [, digits = '', unit = 'ms'] = match;
  return Math.round(Number(digits.replace(',', '.')) * (MILLISECONDS[unit.toLowerCase()] ?? Number.NaN));
}

/** Milliseconds in the largest unit that keeps them exact: `10 s`, `90 s`, `1 h`, `1500 ms`. */
export function formatDuration(value: number): string {
  for (const unit of ['d', 'h', 'min', 's']) {
    const size = MILLISECONDS[unit] ?? 1;
    if (value !== 0 && value % size === 0) return `${value / size} ${unit}`;
  }
  return `${value} ms`;
}
