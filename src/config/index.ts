/** The browser-safe half of the engine's door: what forms and runtimes share. Imports nothing of Node.js. */
export { bytes, formatBytes, parseBytes } from './bytes';
export { choice, choices, flag } from './choice';
export { type Config, defineConfig, type Rule } from './config';
export { duration, formatDuration, LONGEST_TIMER_MS, parseDuration } from './duration';
export { either } from './either';
export { ConfigError, describeProblem, type Field, Invalid, type Problem } from './field';
export { type KeepingConfig, keepingFields } from './keeping-fields';
export { type ListOptions, list } from './list';
export { type NumberOptions, number } from './number';
export { type PoolOptions, poolConfig } from './pool-options';
export {
  MOST_FIELDS,
  RECORD_TYPES,
  type RecordField,
  type RecordSchema,
  type RecordSchemaLike,
  type RecordType,
  recordSchema,
} from './record-schema';
export { messageProperty, type TextOptions, text } from './text';
