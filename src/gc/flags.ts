import v8 from 'node:v8';
import { ConfigError, type Problem } from '../config';
import { flagsFrozen } from './frozen';

/** A V8 flag that works when set after start, on every supported Node.js. Measured: docs/gc.md. */
interface Knob {
  /** Good values, in words, for error messages. */
  expected: string;
  /** V8's own value, when the command line says nothing else. */
  usual: number;
  accepts(value: unknown): boolean;
}

function whole(min: number, max: number, usual: number): Knob {
  return {
    usual,
    expected: `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

/**
 * The only flags this package ever sets. V8 checks nothing: a misspelt flag is printed to stderr and lost, and
 * several real ones end the process when set after start (`--memory-balancer`, `--minor-ms`,
 * `--single-threaded-gc`, and a growth factor of 0). So does `--incremental-marking`, now and then, when it is turned
 * while markers run on other threads; the trigger below does the same without that. So everything that is not in
 * this list is refused.
 */
const KNOBS = {
  /** How much the old generation may grow between full collections; 0 leaves it to V8. Read at the end of each. */
  'heap-growing-percent': whole(0, 300, 0),
  /**
   * At which percent of the way to its limit V8 begins to mark beside the program; 0 leaves it to V8. Above 100 it
   * never begins: the heap is then marked in one pause, exactly at the limit.
   */
  'incremental-marking-hard-trigger': whole(0, 1000, 0),
  /** 1 holds new space at its present size, 2 lets it double. */
  'semi-space-growth-factor': whole(1, 2, 2),
} as const satisfies Record<string, Knob>;

export type KnobName = keyof typeof KNOBS;
export interface Knobs {
  'heap-growing-percent': number;
  'incremental-marking-hard-trigger': number;
  'semi-space-growth-factor': number;
}

const NAMES = Object.keys(KNOBS) as KnobName[];
const current: Partial<Record<KnobName, number>> = {};

/** What the command line asked for, else V8's own values: what comes back when nobody tunes any more. */
export function usualKnobs(execArgv: readonly string[] = process.execArgv): Knobs {
  return Object.fromEntries(NAMES.map((name) => [name, fromCommandLine(name, execArgv)])) as unknown as Knobs;
}

function fromCommandLine(name: KnobName, execArgv: readonly string[]): number {
  let value: number = KNOBS[name].usual;
  for (const option of execArgv) {
    const [flag = '', text] = option.replaceAll('_', '-').split('=', 2);
    if (flag === `--${name}` && text !== undefined) value = Number(text);
  }
  return KNOBS[name].accepts(value) ? value : KNOBS[name].usual;
}

/** False in a process started with `--freeze-flags-after-init`: no knob can be turned there. */
export function knobsAvailable(): boolean {
  return !flagsFrozen();
}

/**
 * Turns run-time knobs; those already at the value are left alone. Returns what was turned.
 * @throws ConfigError for a knob that is not on the list or a value out of its range; then nothing is turned.
 */
export function setKnobs(wanted: Readonly<Partial<Knobs>>): Partial<Knobs> {
  const problems = Object.entries(wanted).flatMap(([name, value]) => problemWith(name, value) ?? []);
  if (problems.length > 0) throw new ConfigError(problems);
  if (!knobsAvailable()) return {};

  const turned: Record<string, number> = {};
  for (const name of NAMES) {
    const value = wanted[name];
    if (value === undefined || value === (current[name] ?? fromCommandLine(name, process.execArgv))) continue;
    v8.setFlagsFromString(`--${name}=${value}`);
    current[name] = value;
    turned[name] = value;
  }
  return turned;
}

function problemWith(name: string, value: unknown): Problem | null {
  const knob: Knob | null = Object.hasOwn(KNOBS, name) ? KNOBS[name as KnobName] : null;
  if (!knob) return { field: 'knob', value: name, expected: `one of ${NAMES.join(', ')}` };
  return knob.accepts(value) ? null : { field: name, value, expected: knob.expected };
}

/** The knobs as they stand: V8 has no way to ask it. */
export function knobsNow(): Knobs {
  return { ...usualKnobs(), ...current } as Knobs;
}
