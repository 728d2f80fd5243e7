import { ConfigError, type Field, Invalid, type Problem } from './field';

type Fields<C> = { readonly [K in keyof C]: Field<C[K]> };

/** A rule over several fields: null when they fit together. Runs only when each field is good by itself. */
export type Rule<C> = (config: C) => Problem | null;

/** The configuration of one node type: its fields, their defaults, and one way to check them. */
export interface Config<C> {
  readonly fields: Fields<C>;
  readonly defaults: Readonly<C>;
  /** Reads a whole configuration; properties that are no fields (id, wires, …) are passed over. */
  parse(
    raw: Readonly<Record<string, unknown>>,
  ): { config: C; problems: [] } | { config: null; problems: Problem[] };
  /** As `parse`, for callers that would rather have a `ConfigError` thrown. */
  parseOrThrow(raw: Readonly<Record<string, unknown>>): C;
  /** Checks one field among its neighbours, as a form does while someone types. */
  check(field: keyof C & string, raw: Readonly<Record<string, unknown>>): Problem | null;
}

/** Declares a configuration. Each value is checked in the form and again at start, by this same code. */
export function defineConfig<C extends object>(fields: Fields<C>, rules: readonly Rule<C>[] = []): Config<C> {
  const names = Object.keys(fields) as (keyof C & string)[];
  const defaults = Object.fromEntries(names.map((name) => [name, fields[name].default])) as C;

  function parse(raw: Readonly<Record<string, unknown>>): ReturnType<Config<C>['parse']> {
    const config = { ...defaults };
    const problems: Problem[] = [];
    for (const name of names) {
      const value = fields[name].parse(raw[name]);
      if (value instanceof Invalid) {
        const { why = fields[name].expected, row } = value;
        problems.push({ field: name, value: raw[name], expected: why, ...(row !== undefined && { row }) });
      } else {
        config[name] = value;
      }
    }
    if (problems.length === 0) {
      for (const rule of rules) {
        const problem = rule(config);
        if (problem) problems.push(problem);
      }
    }
    return problems.length === 0 ? { config, problems: [] } : { config: null, problems };
  }

  return {
    fields,
    defaults,
    parse,
    parseOrThrow(raw) {
      const { config, problems } = parse(raw);
      if (config === null) throw new ConfigError(problems);
      return config;
    },
    check(field, raw) {
      return parse(raw).problems.find((problem) => problem.field === field) ?? null;
    },
  };
}
