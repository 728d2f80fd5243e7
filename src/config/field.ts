/**
 * One configurable value: how to read what a form, a flow file or a person hands in, and what to say when it
 * is wrong. Fields know nothing of Node-RED and nothing of Node.js, so that the form in the browser and the
 * node at start check every value with the same code.
 */
export interface Field<T> {
  /** What a fresh node starts with; also what a missing value becomes. */
  readonly default: T;
  /** The whole set of good values in words, for error messages: `0 or 10 ms to 1 d`. */
  readonly expected: string;
  /** Reads a value of any origin. Never throws: what is wrong comes back as an `Invalid`. */
  parse(raw: unknown): T | Invalid;
  /** The value as a form shows it; `parse` reads it back to the same value. */
  format(value: T): string;
}

/**
 * The answer to a value that a field cannot take. `why` replaces the field's own `expected` where it says more;
 * `row` is the place in a list that it speaks of.
 */
export class Invalid {
  constructor(
    readonly why?: string,
    readonly row?: number,
  ) {}
}

/** One thing wrong with a configuration: the field, the value as given, and what would be right. */
export interface Problem {
  field: string;
  value: unknown;
  expected: string;
  /** The place in a list that it is about. */
  row?: number;
}

/** `intervalMs: -5 is not valid, expected 0 or 10 ms to 1 d` */
export function describeProblem({ field, value, expected }: Problem): string {
  return `${field}: ${show(value)} is not valid, expected ${expected}`;
}

/** A value that names its field when it is refused; thrown by engine parts that take options from code. */
export class ConfigError extends TypeError {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('; '));
    this.name = 'ConfigError';
  }
}

/** A missing value takes the default; flows exported by hand often lack newer fields. */
export function isMissing(raw: unknown): boolean {
  return raw === undefined || raw === null || raw === '';
}

const LONGEST_SHOWN = 60;

function show(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return typeof value;
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
