import { type Field, Invalid } from './field';

/**
 * What one of two fields takes: a number of bytes, or else a text that says where to find one. Which of them is right
 * is for a rule to say; the default is the first one's.
 */
export function either<A, B>(first: Field<A>, second: Field<B>): Field<A | B> {
  return {
    default: first.default,
    expected: `${first.expected}, or ${second.expected}`,
    parse(raw) {
      const value = first.parse(raw);
      return value instanceof Invalid ? second.parse(raw) : value;
    },
    format: (value) =>
      first.parse(value) instanceof Invalid ? second.format(value as B) : first.format(value as A),
  };
}
