import { type Field, Invalid } from './field';

export interface ListOptions<T> {
  default: readonly T[];
  /** Fewest and most items. Default 0 and 64. */
  min?: number;
  max?: number;
}

/** A list of values of one field, as an array or as one text with commas; doubles are dropped. */
export function list<T>(
  item: Field<T>,
  { default: fallback, min = 0, max = 64 }: ListOptions<T>,
): Field<readonly T[]> {
  const expected = `${min} to ${max} times ${item.expected}, with commas between`;
  return {
    default: fallback,
    expected,
    format: (items) => items.map(item.format).join(', '),
    parse(raw) {
      if (raw === undefined || raw === null) return fallback;
      const given = typeof raw === 'string' ? raw.split(',').map((part) => part.trim()) : raw;
      if (!Array.isArray(given)) return new Invalid();
      const parsed = given.filter((part) => part !== '').map((part) => item.parse(part));
      const good = [...new Set(parsed)].filter((value): value is T => !(value instanceof Invalid));
      if (parsed.some((value) => value instanceof Invalid)) return new Invalid();
      return good.length >= min && good.length <= max ? good : new Invalid();
    },
  };
}
