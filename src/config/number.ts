import { type Field, Invalid, isMissing } from './field';

export interface NumberOptions {
  default: number;
  min: number;
  max: number;
  /** Only whole numbers. Default true: counts, bytes and milliseconds are whole. */
  whole?: boolean;
  /** A value outside the range that is good too, usually 0 for "off". */
  or?: number;
  /** Said behind the range in messages: `ms`, `bytes`, `%`. */
  unit?: string;
  /** Reads a text with units, as people write it. Default: plain decimal numbers. */
  read?: (text: string) => number;
  /** Writes what `read` reads. Default: plain decimal numbers. */
  format?: (value: number) => string;
}

/**
 * A number in a range. Takes numbers, and texts as forms hand them in.
 * NaN, Infinity, fractions where whole numbers are asked for, and anything out of range are refused.
 */
export function number(options: NumberOptions): Field<number> {
  const { min, max, or, unit, whole = true, read = readNumber, format } = options;
  const range = format
    ? `${format(min)} to ${format(max)}`
    : `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}${unit ? ` (${unit})` : ''}`;
  const expected = or === undefined ? range : `${or} or ${range}`;
  return {
    default: options.default,
    expected,
    format: format ?? String,
    parse(raw) {
      if (isMissing(raw)) return options.default;
      const value = typeof raw === 'string' ? read(raw) : raw;
      if (typeof value !== 'number' || !Number.isFinite(value)) return new Invalid();
      if (value === or) return value;
      if (whole && !Number.isInteger(value)) return new Invalid();
      return value >= min && value <= max ? value : new Invalid();
    },
  };
}

function readNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
