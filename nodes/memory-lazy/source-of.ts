import { isAbsolute, resolve } from 'node:path';
import {
  ArraySource,
  ChunkSource,
  ConfigError,
  CsvSource,
  FileBytes,
  findPool,
  IterableSource,
  JsonLinesSource,
  LineSource,
  type Pool,
  RangeSource,
  type Source,
} from '../../src';
import { delimiterOf, type LazyConfig } from './config';

/**
 * The source that a config and the value of its `from` describe. Relative paths start where core file nodes start:
 * in `fileWorkingDirectory` of the settings, else in the folder that Node-RED was started from.
 * @throws ConfigError or TypeError for a value that no such source can be made of.
 */
export function sourceOf(config: LazyConfig, value: unknown, workingDirectory: string | undefined): Source {
  const file = (): FileBytes => new FileBytes(pathOf(config, value, workingDirectory));
  const lines = (): LineSource => new LineSource(file(), config.maxLineBytes);
  switch (config.source) {
    case 'array':
      if (isArrayLike(value)) return new ArraySource(value);
      throw wrong(config, value, 'an array');
    case 'range':
      return rangeOf(config, value);
    case 'iterable':
      return new IterableSource(value);
    case 'lines':
      return lines();
    case 'json-lines':
      return new JsonLinesSource(lines());
    case 'csv': {
      const { header, numbers, delimiter } = config;
      return new CsvSource(lines(), { header, numbers, delimiter: delimiterOf(delimiter) });
    }
    case 'chunks':
      return new ChunkSource(file(), config.chunkBytes, poolOf(config));
  }
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function rangeOf(config: LazyConfig, value: unknown): Source {
  if (typeof value === 'object' && value !== null) {
    const [from, to, step] = Array.isArray(value)
      ? value
      : [
          (value as { from?: unknown }).from,
          (value as { to?: unknown }).to,
          (value as { step?: unknown }).step,
        ];
    return new RangeSource({ from, to, step });
  }
  const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof given !== 'number' || !Number.isFinite(given)) {
    throw wrong(config, value, 'a number, an array [from, to, step], or an object with from, to and step');
  }
  if (config.to === '') return new RangeSource({ from: 0, to: given - 1, step: 1 });
  return new RangeSource({ from: given, to: Number(config.to), step: Number(config.step) });
}

function pathOf(config: LazyConfig, value: unknown, workingDirectory: string | undefined): string {
  if (typeof value !== 'string' || value.trim() === '') throw wrong(config, value, 'the path of a file');
  return isAbsolute(value) ? value : resolve(workingDirectory || '.', value);
}

function poolOf({ pool, chunkBytes, window, batch }: LazyConfig): Pool | null {
  if (pool === '') return null;
  const found = findPool(pool);
  if (!found) throw new ConfigError([{ field: 'pool', value: pool, expected: 'an enabled memory-pool' }]);
  const needed = (window * batch + 1) * chunkBytes;
  const { capacityBytes, onExhausted } = found.options;
  if (onExhausted === 'allocate' || needed <= capacityBytes) return found;
  const expected = `a pool of at least ${needed} bytes: (window × batch + 1 to look ahead) × chunk`;
  throw new ConfigError([{ field: 'pool', value: found.name, expected }]);
}

/** Names the type of what was found, not what it says: it may be anything of a message. */
function wrong({ from, fromType }: LazyConfig, value: unknown, expected: string): TypeError {
  const where = fromType === 'msg' ? `msg.${from}` : fromType;
  const given =
    value === null ? 'null' : value === '' ? 'empty' : typeof value === 'object' ? 'an object' : typeof value;
  return new TypeError(`from: ${where} is ${given}, expected ${expected}`);
}
