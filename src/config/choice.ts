import { type Field, Invalid, isMissing } from './field';

/** One of a fixed list of words. */
export function choice<const T extends string>(words: readonly T[], fallback: NoInfer<T>): Field<T> {
  return {
    default: fallback,
    expected: `one of ${words.join(', ')}`,
    format: String,
    parse(raw) {
      if (isMissing(raw)) return fallback;
      return words.find((word) => word === raw) ?? new Invalid();
    },
  };
}

/** Any number of words of a fixed list, as an array or as one text with commas; doubles are dropped. */
export function choices<const T extends string>(
  words: readonly T[],
  fallback: readonly NoInfer<T>[],
): Field<readonly T[]> {
  return {
    default: fallback,
    expected: `a list of ${words.join(', ')}`,
    format: (chosen) => chosen.join(','),
    parse(raw) {
      if (raw === undefined || raw === null) return fallback;
      const given = typeof raw === 'string' ? raw.split(',').map((word) => word.trim()) : raw;
      if (!Array.isArray(given)) return new Invalid();
      const named = given.filter((word) => word !== '');
      const known = words.filter((word) => named.includes(word));
      return named.every((word) => words.includes(word)) ? known : new Invalid();
    },
  };
}

/** A yes or no; takes the texts `true` and `false` too, as environment variables hand them in. */
export function flag(fallback: boolean): Field<boolean> {
  return {
    default: fallback,
    expected: 'true or false',
    format: String,
    parse(raw) {
      if (isMissing(raw)) return fallback;
      if (raw === true || raw === 'true') return true;
      return raw === false || raw === 'false' ? false : new Invalid();
    },
  };
}
