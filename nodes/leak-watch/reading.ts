import os from 'node:os';
import type { NodeAPI, NodeMessage } from 'node-red';
import { readProperty } from '../shared/message';
import type { WatchConfig } from './config';

/** One value of a watched series, as a message brings it. */
export interface Reading {
  time: number;
  bytes: number;
  limitBytes: number;
}

const DEFAULT_VALUE = 'payload.rss';

/**
 * Reads messages by the paths of the config. Null for a message without the value: such messages only pass.
 * @throws TypeError naming field and value when the value or the limit is no number of bytes.
 */
export function readingOf(RED: NodeAPI, config: WatchConfig, msg: NodeMessage): Reading | null {
  const get = (path: string): unknown => readProperty(RED, msg, path);
  const isBare = config.value === DEFAULT_VALUE && typeof msg.payload === 'number';
  const value = isBare ? msg.payload : get(config.value);
  if (value === undefined || value === null) return null;
  const bytes = bytesFrom(value, `value: msg.${isBare ? 'payload' : config.value}`);
  const time = get(config.time);
  return {
    time: typeof time === 'number' && Number.isFinite(time) ? time : Date.now(),
    bytes,
    limitBytes: limitFor(config.limitBytes, bytes, get),
  };
}

/** The key a message belongs to; null where it has none. */
export function keyOf(RED: NodeAPI, config: WatchConfig, msg: NodeMessage): string | null {
  const key = readProperty(RED, msg, config.key);
  return typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean' ? String(key) : null;
}

function limitFor(limit: number | string, bytes: number, get: (path: string) => unknown): number {
  if (typeof limit === 'string') return bytesFrom(get(limit), `limitBytes: msg.${limit}`);
  if (limit > 0) return limit;
  const left = get('payload.headroom.bytes');
  return typeof left === 'number' && left >= 0 && Number.isFinite(left) ? bytes + left : os.totalmem();
}

function bytesFrom(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value)?.slice(0, 40);
  throw new TypeError(`${name} is ${shown}, expected a number of bytes, 0 or more`);
}
