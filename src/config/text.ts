import { type Field, Invalid } from './field';

export interface TextOptions {
  default?: string;
  /** Longest text taken, in characters. Default 1000. */
  max?: number;
}

/** A text. Numbers become their text, as TypedInputs hand in either. */
export function text({ default: fallback = '', max = 1000 }: TextOptions = {}): Field<string> {
  return {
    default: fallback,
    expected: `a text of at most ${max} characters`,
    format: String,
    parse(raw) {
      if (raw === undefined || raw === null) return fallback;
      const value = typeof raw === 'number' ? String(raw) : raw;
      return typeof value === 'string' && value.length <= max ? value : new Invalid();
    },
  };
}

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const STEP = String.raw`\.${NAME}|\[\d+\]|\["[^"\]]+"\]|\['[^'\]]+'\]`;
const PATH = new RegExp(`^${NAME}(?:${STEP})*$`, 'u');
const UNSAFE = /(?:^|[.[\]"'])(?:__proto__|prototype|constructor)(?:$|[.[\]"'])/;

/** Where in a message a result goes: `payload`, `payload.memory`, `data["rss"]`. */
export function messageProperty(fallback = 'payload'): Field<string> {
  return {
    default: fallback,
    expected: 'the path of a msg property, such as payload or data.memory',
    format: String,
    parse(raw) {
      if (raw === undefined || raw === null || raw === '') return fallback;
      return typeof raw === 'string' && PATH.test(raw) && !UNSAFE.test(raw) ? raw : new Invalid();
    },
  };
}
