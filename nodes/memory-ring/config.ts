import {
  bytes,
  choice,
  defineConfig,
  duration,
  type Field,
  Invalid,
  type KeepingConfig,
  keepingFields,
  list,
  messageProperty,
  number,
} from '../../src/config';

export const EMITS = ['window', 'stats', 'none'] as const;
export const FORMATS = ['rows', 'columns', 'chart', 'dashboard2'] as const;
export const MISSING = ['refuse', 'gap'] as const;

export interface RingConfig extends KeepingConfig {
  capacity: number;
  /** Columns beside the time: paths below `value`. */
  fields: readonly string[];
  emit: (typeof EMITS)[number];
  format: (typeof FORMATS)[number];
  /** The most points of a line, or samples of a window; 0 for all. */
  downsample: number;
  quantiles: readonly number[];
  /** Where in a message the sample is. */
  value: string;
  key: string;
  time: string;
  missing: (typeof MISSING)[number];
  maxAgeMs: number;
  maxKeys: number;
  maxBytes: number;
  property: string;
}

const MB = 2 ** 20;
const A_YEAR = 366 * 86_400_000;
const DOUBLE = 8;

/** A column's name is the path of its number. */
const fieldName: Field<string> = {
  ...messageProperty(''),
  expected: 'the name of a number in the sample, such as temperature or room.temp',
  parse(raw) {
    const path = messageProperty('').parse(raw);
    return path === '' ? new Invalid() : path;
  },
};

export const config = defineConfig<RingConfig>(
  {
    capacity: number({ default: 1_000, min: 1, max: 10_000_000, unit: 'samples' }),
    fields: list(fieldName, { default: ['value'], min: 1 }),
    emit: choice(EMITS, 'window'),
    format: choice(FORMATS, 'rows'),
    downsample: number({ default: 0, or: 0, min: 3, max: 1_000_000, unit: 'points' }),
    quantiles: list(number({ default: 0.5, min: 0, max: 1, whole: false }), { default: [], max: 16 }),
    value: messageProperty('payload'),
    key: messageProperty('topic'),
    time: messageProperty('payload.time'),
    missing: choice(MISSING, 'refuse'),
    maxAgeMs: duration({ default: 0, or: 0, min: 1, max: A_YEAR }),
    maxKeys: number({ default: 1_000, min: 1, max: 100_000, unit: 'keys' }),
    maxBytes: bytes({ default: 64 * MB, min: 64 * 1024, max: 2 ** 40 }),
    ...keepingFields,
    property: messageProperty(),
  },
  [
    ({ fields }) =>
      columnsOf(fields).length > 0
        ? null
        : { field: 'fields', value: fields, expected: 'a number beside time, which is always kept' },
    ({ capacity, fields, maxBytes }) => {
      const needed = capacity * (1 + columnsOf(fields).length) * DOUBLE;
      return needed <= maxBytes
        ? null
        : { field: 'maxBytes', value: maxBytes, expected: `at least ${needed}, for one key that is full` };
    },
  ],
);

/** The time is a column by itself: naming it among the fields adds none. */
export function columnsOf(fields: readonly string[]): string[] {
  return fields.filter((field) => field !== 'time');
}
