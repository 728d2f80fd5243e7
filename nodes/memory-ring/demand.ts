import type { NodeMessage } from 'node-red';
import { numberOf, shown } from '../../src';
import { EMITS, FORMATS, type RingConfig } from './config';

/** The part of a window that a `get` asks for; without any, the whole. */
export interface Part {
  last?: number;
  from?: number;
  to?: number;
}

export interface Demand {
  emit: RingConfig['emit'];
  format: RingConfig['format'];
  part: Part;
}

/**
 * What a `get` asks for in `msg.emit`, `msg.format`, `msg.last`, `msg.from` and `msg.to`. A node that sends nothing by
 * itself answers with the window.
 * @throws TypeError naming the property
 */
export function demandOf(msg: NodeMessage, { emit, format }: RingConfig): Demand {
  const asked = msg as NodeMessage & Record<string, unknown>;
  const part: Part = {};
  for (const name of ['last', 'from', 'to'] as const) {
    const value = asked[name];
    if (value !== undefined && value !== null) part[name] = limitOf(name, value);
  }
  return {
    emit: wordOf('emit', asked.emit, EMITS) ?? (emit === 'none' ? 'window' : emit),
    format: wordOf('format', asked.format, FORMATS) ?? format,
    part,
  };
}

function wordOf<const W extends string>(name: string, value: unknown, words: readonly W[]): W | null {
  if (value === undefined || value === null) return null;
  const known = words.find((word) => word === value);
  if (known) return known;
  throw new TypeError(`${name}: msg.${name} is ${shown(value)}, expected one of ${words.join(', ')}`);
}

function limitOf(name: keyof Part, value: unknown): number {
  const number = value instanceof Date ? value.getTime() : numberOf(value);
  const isGood = name === 'last' ? Number.isInteger(number) && number >= 0 : !Number.isNaN(number);
  if (isGood) return number;
  const expected = name === 'last' ? 'a number of samples' : 'milliseconds since 1970';
  throw new TypeError(`${name}: msg.${name} is ${shown(value)}, expected ${expected}`);
}
