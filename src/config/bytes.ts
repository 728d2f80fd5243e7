import type { Field } from './field';
import { type NumberOptions, number } from './number';

/** Units of 1024, as `docker --memory`, V8's flags and the kernel count. */
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
/** A comma before exactly three digits is refused: half the world means thousands by it, the other half does not. */
const WRITTEN = /^\s*([+-]?\d+(?:\.\d+|,(?!\d{3}(?!\d))\d+)?)\s*(?:(b|bytes?)|([kmgt])i?b?)?\s*$/i;

/** A number of bytes, stored as a plain number; forms show and take `64 MB`. */
export function bytes(options: Omit<NumberOptions, 'unit' | 'read' | 'format' | 'whole'>): Field<number> {
  return number({
    ...options,
    read: parseBytes,
    format: (value) => formatBytes(value, { exact: true }),
  });
}

/** `64 MB`, `64mb`, `64 MiB`, `1.5 GB`, `4096` → bytes; NaN for anything else. */
export function parseBytes(text: string): number {
  const match = WRITTEN.exec(text);
  if (!match) return Number.NaN;
  const [, digits = '', , prefix = ''] = match;
  const power = prefix === '' ? 0 : 'kmgt'.indexOf(prefix.toLowerCase()) + 1;
  return Math.round(Number(digits.replace(',', '.')) * 1024 ** power);
}

/**
 * Bytes as people read them, three figures at most: `118 MB`, `1.5 GB`, `-3.1 MB`.
 * `exact` gives a text that `parseBytes` reads back to the same number, for form fields.
 */
export function formatBytes(value: number, { exact = false } = {}): string {
  let unit = 0;
  let amount = Math.abs(value);
  while (unit < UNITS.length - 1 && amount >= (exact ? 1024 : 999.5)) {
    if (exact && (amount * 100) % 1024 !== 0) break;
    amount /= 1024;
    unit += 1;
  }
  const figures = exact
    ? String(amount)
    : amount >= 99.5
      ? amount.toFixed(0)
      : String(Number(amount.toPrecision(amount >= 10 ? 3 : 2)));
  return `${value < 0 ? '-' : ''}${figures} ${UNITS[unit]}`;
}
