/** Plain decimal numbers, as devices send them in texts: `21.5`, `-3`, `1e-6`. */
const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * The number that a message brings, NaN where it is none that a double can hold. Numbers, texts of decimal numbers
 * (MQTT brings texts), and BigInts up to ±2^53 are taken; Infinity, booleans, dates and all else are not.
 */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  if (typeof value === 'string') return DECIMAL.test(value) ? numberOf(Number(value)) : Number.NaN;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : Number.NaN;
  return Number.NaN;
}

export const NUMBER_EXPECTED = 'a finite number, or a text that is one';

const LONGEST_SHOWN = 40;

/** A value as an error may show it: short, and its type where the text alone would not tell. */
export function shown(value: unknown): string {
  if (typeof value === 'bigint') return `${String(value).slice(0, LONGEST_SHOWN)}n`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_SHOWN));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
